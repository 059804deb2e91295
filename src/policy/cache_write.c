/* May write to the user's cache directory. */
#include "cache_write.h"

#include "cache.h"
#include "memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_tool(struct cache_tool *tool, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	cache_set_tool(tool, path, &st);
	return 0;
}

/* This program, and the libseccomp.so that it has. */
static int set_tools(struct cache_entry *entry, char exe[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", exe, PATH_MAX - 1);
	Dl_info library;

	if (n < 0)
		return -errno;
	exe[n] = '\0';
	if (!dladdr((const void *)(uintptr_t)&seccomp_init, &library) || !library.dli_fname)
		return -ENOENT;
	if (set_tool(&entry->tool[0], exe) < 0)
		return -ENOENT;
	return set_tool(&entry->tool[1], library.dli_fname);
}

/* What can't be read a second time, a pipe, can't be compared either. */
static int set_inputs(struct cache_entry *entry, const struct policy *policy, const char *cwd,
		      struct policy *memory)
{
	if (!policy->ninputs || policy->ninputs > CACHE_INPUTS)
		return -E2BIG;
	for (size_t i = 0; i < policy->ninputs; i++) {
		const struct policy_input *input = &policy->input[i];
		struct cache_input *to = &entry->input[entry->ninputs++];
		char path[PATH_MAX];
		struct stat st;

		if (input->shipped) {
			*to = (struct cache_input){ input->path, "", 0 };
			continue;
		}
		if (snprintf(path, sizeof(path), "%s%s%s", input->path[0] == '/' ? "" : cwd,
			     input->path[0] == '/' ? "" : "/", input->path) >= PATH_MAX)
			return -ENAMETOOLONG;
		if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
			return -EINVAL;
		*to = (struct cache_input){ policy_copy(memory, path, strlen(path)), input->bytes,
					    input->len };
	}
	return 0;
}

static int write_whole(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Renamed when it is complete: whoever reads meanwhile finds the old one or the new one. */
static void write_entry(int dir, const char *name, const void *bytes, size_t len)
{
	char temporary[CACHE_NAME + 16];
	int fd;

	(void)snprintf(temporary, sizeof(temporary), "%s.%d", name, (int)getpid());
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write_whole(fd, bytes, len) < 0 || renameat(dir, temporary, dir, name) < 0)
		(void)unlinkat(dir, temporary, 0);
	(void)close(fd);
}

static bool is_trusted(const char *path)
{
	struct stat st;

	return stat(*path ? path : "/", &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0);
}

/* With another user's $HOME, as after sudo(8), his links would lead us, and what we make would be
 * in his way. */
static bool make_directory(char *path)
{
	char *last = strrchr(path, '/'), *before;

	*last = '\0';
	before = strrchr(path, '/');
	*before = '\0';
	if (!is_trusted(path))
		return false;
	*before = '/';
	(void)mkdir(path, 0700);
	if (!is_trusted(path))
		return false;
	*last = '/';
	(void)mkdir(path, 0700);
	return true;
}

static int open_directory(void)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (!cache_directory(path, sizeof(path), getenv("XDG_CACHE_HOME"), getenv("HOME")))
		return -ENOENT;
	if (!make_directory(path))
		return -EPERM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && cache_is_private(&st, geteuid()))
		return fd;
	(void)close(fd);
	return -EPERM;
}

static void store(const struct cache_entry *entry, const char *name)
{
	size_t len = cache_encode(entry, NULL, 0);
	int dir = len <= CACHE_BYTES_MAX ? open_directory() : -EFBIG;
	void *bytes;

	if (dir < 0)
		return;
	bytes = memory_grow(NULL, len, 1);
	(void)cache_encode(entry, bytes, len);
	write_entry(dir, name, bytes, len);
	free(bytes);
	(void)close(dir);
}

void cache_store(const struct policy *policy, const char *word,
		 const struct policy_context *context, const struct policy_program *program)
{
	struct cache_entry entry = { .arch = seccomp_arch_native(),
				     .caps = context->caps,
				     .insn = program->insn,
				     .len = program->len };
	char exe[PATH_MAX], cwd[PATH_MAX], subject[PATH_MAX], name[CACHE_NAME];
	struct policy memory = { 0 };

	if (getcwd(cwd, sizeof(cwd)) && cache_subject(subject, sizeof(subject), word, cwd) &&
	    set_tools(&entry, exe) == 0 &&
	    policy_kernel(context, &entry.kernel_major, &entry.kernel_minor) &&
	    set_inputs(&entry, policy, cwd, &memory) == 0) {
		cache_name(name, subject, context->caps);
		store(&entry, name);
	}
	policy_finish(&memory);
}
