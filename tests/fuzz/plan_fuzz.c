/* Options to a plan. What a dry run prints must be read as the same plan, whatever was asked for.
 */
#include "fuzz.h"

#include "dump.h"
#include "front.h"
#include "world.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS = 256, UID = 1000 };

/* These read what is open here, which isn't the input. */
static bool reads(const char *word)
{
	return strstr(word, "args") || strstr(word, "config") || strstr(word, "seccomp");
}

static int cut(char *text, size_t size, char **argv)
{
	int n = 0;

	for (char *at = text; at < text + size && n < WORDS; at += strlen(at) + 1) {
		if (reads(at))
			return -1;
		argv[n++] = at;
	}
	argv[n] = NULL;
	return n;
}

static void begin(struct spec *spec, bool bwrap, unsigned uid)
{
	memset(spec, 0, sizeof(*spec));
	spec->verb = VERB_RUN;
	spec->world = WORLD_NAMESPACE;
	sandbox_init(spec, bwrap, uid, uid);
}

/* What is kept apart is there once, and would add up: a program has one spec in its life. */
static void forget(struct spec *spec)
{
	struct spec_confine *confine = &spec->run.confine;

	if (confine->landlock)
		*confine->landlock = (struct spec_landlock){ .ruleset = -1 };
	if (confine->user)
		*confine->user = (struct spec_user){ 0 };
}

static void finish(struct spec *spec)
{
	forget(spec);
	if (spec->run.plan.op != spec->run.plan.first)
		free(spec->run.plan.op);
	free(spec->run.plan.layer);
	if (spec->run.given.option != spec->run.given.first)
		free(spec->run.given.option);
}

/* The text, to be freed; NULL: no such plan. */
static char *dumped(struct spec *spec, int fd)
{
	char *text;
	off_t len;

	spec_finish(spec);
	if (spec_check(spec) || sandbox_finish(spec) || spec_finish_policies(spec))
		return NULL;
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 || dump(spec, fd))
		abort();
	len = lseek(fd, 0, SEEK_CUR);
	text = calloc(1, (size_t)len + 1);
	if (pread(fd, text, (size_t)len, 0) != len)
		abort();
	return text;
}

/* Said where it is seen even if everything else is silent. */
static void differ(const char *first, const char *second)
{
	(void)printf("--- the plan\n%s--- read again\n%s", first, second ? second : "(refused)\n");
	(void)fflush(stdout);
	abort();
}

static void read_again(const char *first, int fd, int second, unsigned uid)
{
	static struct spec spec;
	char path[32], *again = NULL;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	begin(&spec, false, uid);
	if (!from_file(&spec, path))
		again = dumped(&spec, second);
	if (!again || strcmp(first, again))
		differ(first, again);
	free(again);
	finish(&spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd[2] = { -1, -1 };
	static struct spec spec;
	char *text, *first = NULL, *argv[WORDS + 1];
	unsigned uid;
	int argc;

	for (int i = 0; i < 2 && fd[i] < 0; i++)
		fd[i] = memfd_create("plan", MFD_CLOEXEC);
	if (!size)
		return 0;
	text = text_of(data + 1, size - 1);
	argc = cut(text, size - 1, argv);
	uid = *data & 2 ? 0 : UID;
	if (argc >= 0) {
		begin(&spec, *data & 1, uid);
		if (from_argv(&spec, argc, argv) >= 0 && !spec.tell)
			first = dumped(&spec, fd[0]);
		if (first) {
			forget(&spec);
			read_again(first, fd[0], fd[1], uid);
		}
		free(first);
		finish(&spec);
	}
	free(text);
	return 0;
}
