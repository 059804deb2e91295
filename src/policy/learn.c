/* cradle policy learn. Writes one file, through a temporary one beside it. */
#include "learn.h"

#include "cradle.h"
#include "learn_write.h"
#include "log.h"
#include "memory.h"
#include "util.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
	"usage: cradle policy learn -o FILE [--merge] [RUN OPTION]... -- CMD [ARG]...\n"
	"\n"
	"Runs CMD once as cradle run does and writes the smallest readable policy that it\n"
	"needed. The exit code is CMD's.\n"
	"\n"
	"  -o, --output FILE  where the policy goes; FILE appears when CMD has ended\n"
	"  --merge            add to what an earlier learn wrote to FILE\n"
	"  -h, --help         this text\n"
	"\n"
	"Other options are cradle run's.\n"
	"\n"
	"  cradle policy learn -o make.policy --bind . -- make\n"
	"  cradle run --seccomp make.policy --bind . -- make\n";

enum { WORDS = 6 }; /* cradle run --seccomp-listener N --seccomp fd:N */

enum { LINKS = 40 }; /* as path_resolution(7) has it */

struct request {
	const char *output;
	bool merge;
	char **argv; /* of cradle run, without the first WORDS */
	int argc;
	const char *command;
};

/* Returns -1 to go on, 0 when the word isn't ours, else the exit code plus one. */
static int read_word(struct request *request, char **argv, int *at)
{
	const char *value = util_after(argv[*at], "--output=");

	if (!strcmp(argv[*at], "-h") || !strcmp(argv[*at], "--help")) {
		(void)fputs(usage, stdout);
		return 1;
	}
	if (!strcmp(argv[*at], "--merge")) {
		request->merge = true;
		return -1;
	}
	if (!value && (!strcmp(argv[*at], "-o") || !strcmp(argv[*at], "--output"))) {
		value = argv[++*at];
		if (!value) {
			log_error("-o needs a value: expected the file to write");
			return 1 + CRADLE_EXIT_FAILURE;
		}
	}
	if (value)
		request->output = value;
	return value ? -1 : 0;
}

/* Returns -1 to go on, else the exit code. */
static int read_arguments(struct request *request, int argc, char **argv)
{
	int at = 1;

	request->argv = memory_grow(NULL, (size_t)argc + WORDS + 1, sizeof(char *));
	request->argv[0] = (char *)"cradle";
	request->argv[1] = (char *)"run";
	request->argc = WORDS;
	for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
		int code = read_word(request, argv, &at);

		if (code > 0)
			return code - 1;
		if (!code)
			request->argv[request->argc++] = argv[at];
	}
	if (at + 1 >= argc) {
		log_error("no command to learn from: expected -- CMD");
		return CRADLE_EXIT_FAILURE;
	}
	request->command = argv[at + 1];
	for (; at < argc; at++)
		request->argv[request->argc++] = argv[at];
	request->argv[request->argc] = NULL;
	if (!request->output)
		log_error("no file to write: expected -o FILE");
	else if (!strcmp(request->output, "-"))
		log_error("-o -: expected a file, as standard output is the command's");
	else
		return -1;
	return CRADLE_EXIT_FAILURE;
}

/* All of a file; NULL with errno. */
static char *read_all(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text = NULL;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		text = memory_grow(NULL, (size_t)st.st_size + 1, 1);
		n = read(fd, text, (size_t)st.st_size);
		text[n > 0 ? n : 0] = '\0';
	} else {
		errno = EINVAL;
	}
	(void)close(fd);
	return text;
}

static int merge(struct learn_record *record, const char *file)
{
	const struct policy_context context = { .caps = 0 };
	char *text = read_all(file);
	int err;

	if (!text && errno == ENOENT)
		return 0; /* the first run */
	if (!text)
		return log_errno(-errno, "cannot read %s", file);
	err = learn_read(record, file, text, &context);
	free(text);
	return err;
}

/* What a symbolic link names, there or not yet, is the file, and the link stays one. */
static int follow_links(const char *name, char path[PATH_MAX])
{
	char target[PATH_MAX];

	if (snprintf(path, PATH_MAX, "%s", name) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (unsigned i = 0; i < LINKS; i++) {
		ssize_t n = readlink(path, target, sizeof(target) - 1);
		const char *slash = strrchr(path, '/');
		size_t dir;

		if (n < 0)
			return errno == EINVAL || errno == ENOENT ? 0 : -errno;
		target[n] = '\0';
		dir = slash && target[0] != '/' ? (size_t)(slash + 1 - path) : 0;
		if (snprintf(path + dir, PATH_MAX - dir, "%s", target) >= (int)(PATH_MAX - dir))
			return -ENAMETOOLONG;
	}
	return -ELOOP;
}

/* permissions: -1 for what the umask leaves. */
static int write_record(struct learn_record *record, const char *path, const char *mode,
			int permissions)
{
	FILE *out = fopen(path, mode);
	bool written;

	if (!out)
		return -errno;
	if (permissions >= 0 && fchmod(fileno(out), (mode_t)permissions) < 0) {
		int err = -errno;

		(void)fclose(out);
		return err;
	}
	learn_write(out, record);
	written = fflush(out) == 0;
	return fclose(out) == 0 && written ? 0 : -errno;
}

/* FILE is never half written: it may be a policy in use. */
static int replace_file(struct learn_record *record, const char *path)
{
	char temporary[PATH_MAX];
	struct stat st;
	int err, permissions = -1;

	/* Who could not read it before can't now. */
	if (stat(path, &st) == 0)
		permissions = (int)(st.st_mode & 0777);
	if (snprintf(temporary, sizeof(temporary), "%s.%d", path, (int)getpid()) >=
	    (int)sizeof(temporary))
		return -ENAMETOOLONG;
	err = write_record(record, temporary, "wxe", permissions);
	if (err == -EEXIST)
		return err; /* not ours */
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		(void)unlink(temporary);
	return err;
}

/* A pipe or a device is no file that another could take the place of. */
static int write_file(struct learn_record *record, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int err;

	if (stat(name, &st) == 0 && !S_ISREG(st.st_mode)) {
		err = write_record(record, name, "we", -1);
	} else {
		err = follow_links(name, path);
		if (!err)
			err = replace_file(record, path);
	}
	return err ? log_errno(err, "cannot write %s", name) : 0;
}

static int learn(const struct request *request)
{
	struct learn_record record = { .runs = 1 };
	bool seen = false;
	int code = CRADLE_EXIT_FAILURE;

	if (!request->merge || merge(&record, request->output) == 0)
		code = learn_run(&record, request->argv, &seen);
	if (record.nameless)
		log_warn("calls that nobody has a name for: %lu; they got ENOSYS, as from the "
			 "policy",
			 record.nameless);
	if (seen && write_file(&record, request->output) < 0)
		code = CRADLE_EXIT_FAILURE;
	learn_finish(&record);
	return code;
}

int verb_learn(int argc, char **argv)
{
	struct request request = { 0 };
	int code = read_arguments(&request, argc, argv);

	if (code < 0)
		code = learn(&request);
	free(request.argv);
	return code;
}
