/* Look a policy up in the user's cache. May read files; whatever is odd about one is a miss, after
 * which the policy is compiled. */
#include "cached.h"

#include "bpf.h"
#include "cache.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

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

/* Room for an entry, which lives as long as we do. Most are small, and memory that the heap has to
 * ask the kernel for takes longer than to read them. */
static void *entry_room(size_t len)
{
	static _Alignas(max_align_t) char few[1 << 15];
	static size_t used;
	char *room = few + used;

	if (len > sizeof(few) - used)
		return malloc(len);
	used += (len + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	return room;
}

static void *read_whole(int fd, size_t *len)
{
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !cache_is_private(&st, geteuid()) ||
	    st.st_size > CACHE_BYTES_MAX)
		return NULL;
	*len = (size_t)st.st_size;
	bytes = entry_room(*len);
	return bytes && pread(fd, bytes, *len, 0) == (ssize_t)*len ? bytes : NULL;
}

static void *read_entry(const char *name, size_t *len)
{
	int dir = open_directory(), fd;
	void *bytes;

	if (dir < 0)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)close(dir);
	if (fd < 0)
		return NULL;
	bytes = read_whole(fd, len);
	(void)close(fd);
	return bytes;
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

/* To the end: one that grew is another one. */
static bool same_bytes(int fd, const char *bytes, size_t len)
{
	char now[4096];
	size_t at = 0;
	ssize_t n;

	while ((n = pread(fd, now, sizeof(now), (off_t)at)) > 0) {
		if ((size_t)n > len - at || memcmp(now, bytes + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return n == 0 && at == len;
}

static bool same_input(const struct cache_input *input)
{
	struct stat st;
	bool same;
	int fd;

	if (input->path[0] != '/')
		return true; /* in cradle-policy, which is the same */
	fd = sys_open(input->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	same = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       same_bytes(fd, input->bytes, input->len);
	(void)close(fd);
	return same;
}

/* file: the first one, if it is open already. */
static bool same_inputs(const struct cache_entry *entry, int file)
{
	if (file >= 0 && !same_bytes(file, entry->input[0].bytes, entry->input[0].len))
		return false;
	for (unsigned i = file >= 0; i < entry->ninputs; i++) {
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

/* As cache_subject(), which needs the working directory for few. */
static const char *subject_of(const char *policy, char room[PATH_MAX])
{
	char cwd[PATH_MAX];

	if (policy[0] == '/')
		return policy;
	return getcwd(cwd, sizeof(cwd)) && cache_subject(room, PATH_MAX, policy, cwd) ? room : NULL;
}

bool cached_policy(struct sock_fprog *program, const char *policy, int file, uint64_t caps,
		   const char *compiler)
{
	char room[PATH_MAX], name[CACHE_NAME];
	const char *subject = subject_of(policy, room);
	struct cache_entry entry;
	void *bytes;
	size_t len;

	if (!subject)
		return false;
	cache_name(name, subject, caps);
	bytes = read_entry(name, &len);
	if (!bytes || !cache_decode(&entry, bytes, len) || entry.arch != BPF_OUR_ARCH ||
	    entry.caps != caps || !is_of(&entry, subject) || !same_tools(&entry, compiler) ||
	    !same_kernel(&entry) || !same_inputs(&entry, file))
		return false;
	*program = (struct sock_fprog){ (unsigned short)entry.len,
					(struct sock_filter *)(uintptr_t)entry.insn };
	return true;
}
