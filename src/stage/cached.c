/* Look a policy up in the user's cache. May read files; whatever is odd about one is a miss, after
 * which the policy is compiled. */
#include "cached.h"

#include "cache.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { OURS = (int)AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { OURS = (int)AUDIT_ARCH_AARCH64 };
#elif defined(__riscv) && __riscv_xlen == 64
enum { OURS = (int)AUDIT_ARCH_RISCV64 };
#else
enum { OURS = 0 }; /* nothing is found: each launch compiles */
#endif

static int open_directory(void)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (!cache_directory(path, sizeof(path), getenv("XDG_CACHE_HOME"), getenv("HOME")))
		return -ENOENT;
	fd = sys_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && cache_is_private(&st, geteuid()))
		return fd;
	(void)close(fd);
	log_info("not using compiled policies of %s: it isn't ours, or others may write to it",
		 path);
	return -EPERM;
}

/* Of a regular file of at most max bytes, all; NULL: it isn't one. */
static void *read_regular(int fd, size_t max, size_t *len, struct stat *st)
{
	char *bytes = NULL;
	ssize_t n;

	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode) || st->st_size > (off_t)max)
		return NULL;
	*len = (size_t)st->st_size;
	bytes = malloc(*len + 1);
	if (!bytes)
		return NULL;
	/* One byte more than it should have, so that one that grew is another one. */
	n = pread(fd, bytes, *len + 1, 0);
	if (n >= 0 && (size_t)n == *len)
		return bytes;
	free(bytes);
	return NULL;
}

static void *read_entry(const char *name, size_t *len)
{
	int dir = open_directory(), fd;
	void *bytes = NULL;
	struct stat st;

	if (dir < 0)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)close(dir);
	if (fd < 0)
		return NULL;
	bytes = read_regular(fd, CACHE_BYTES_MAX, len, &st);
	(void)close(fd);
	if (bytes && cache_is_private(&st, geteuid()))
		return bytes;
	free(bytes);
	return NULL;
}

static bool same_tools(const struct cache_entry *entry, const char *compiler)
{
	struct stat st;

	return stat(compiler, &st) == 0 && cache_same_tool(&entry->tool[0], &st) &&
	       stat(entry->tool[1].path, &st) == 0 && cache_same_tool(&entry->tool[1], &st);
}

static bool same_kernel(const struct cache_entry *entry)
{
	struct utsname running;
	char *minor;

	return uname(&running) == 0 &&
	       strtoul(running.release, &minor, 10) == entry->kernel_major && *minor == '.' &&
	       strtoul(minor + 1, NULL, 10) == entry->kernel_minor;
}

static bool same_input(const struct cache_input *input)
{
	struct stat st;
	size_t len;
	void *bytes;
	bool same;
	int fd;

	if (input->path[0] != '/')
		return true; /* in cradle-policy, which is the same */
	fd = sys_open(input->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	bytes = read_regular(fd, CACHE_BYTES_MAX, &len, &st);
	(void)close(fd);
	same = bytes && len == input->len && !memcmp(bytes, input->bytes, len);
	free(bytes);
	return same;
}

static bool same_inputs(const struct cache_entry *entry)
{
	for (unsigned i = 0; i < entry->ninputs; i++) {
		if (!same_input(&entry->input[i]))
			return false;
	}
	return true;
}

/* A name's first input is where the compiler found it, by itself. */
static bool is_of(const struct cache_entry *entry, const char *subject)
{
	return subject[0] != '/' || !strcmp(entry->input[0].path, subject);
}

bool cached_policy(struct sock_fprog *program, const char *policy, uint64_t caps,
		   const char *compiler)
{
	char cwd[PATH_MAX], subject[PATH_MAX], name[CACHE_NAME];
	struct cache_entry entry;
	void *bytes;
	size_t len;

	if (!getcwd(cwd, sizeof(cwd)) || !cache_subject(subject, sizeof(subject), policy, cwd))
		return false;
	cache_name(name, subject, caps);
	bytes = read_entry(name, &len);
	if (bytes && cache_decode(&entry, bytes, len) && entry.arch == (uint32_t)OURS && OURS &&
	    entry.caps == caps && is_of(&entry, subject) && same_tools(&entry, compiler) &&
	    same_kernel(&entry) && same_inputs(&entry)) {
		*program = (struct sock_fprog){ (unsigned short)entry.len,
						(struct sock_filter *)(uintptr_t)entry.insn };
		return true;
	}
	free(bytes);
	return false;
}
