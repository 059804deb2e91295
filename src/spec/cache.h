/* cache.h - what a compiled policy is kept as in the user's cache directory. Pure: cradle-policy
 * writes an entry, cradle reads it.
 *
 * An entry is used only if everything that the program was made from is as it was: the programs
 * that made it, and each input byte by byte. A hash makes the file's name and nothing else, so that
 * whoever finds a collision gains a miss.
 */
#ifndef SPEC_CACHE_H
#define SPEC_CACHE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum { CACHE_TOOLS = 2, CACHE_INPUTS = 32, CACHE_NAME = 32, CACHE_BYTES_MAX = 1 << 20 };

/* A file that stays the same file while these do: cradle-policy, and the libseccomp.so it uses. */
struct cache_tool {
	const char *path;
	uint64_t dev, ino, size, mtime_ns;
};

struct cache_input {
	const char *path; /* absolute, links in it not resolved; or the name of one that
			   * cradle-policy has in itself, and then there are no bytes */
	const void *bytes;
	size_t len;
};

struct cache_entry {
	uint32_t arch; /* AUDIT_ARCH_* */
	uint32_t kernel_major, kernel_minor;
	uint64_t caps; /* that the agent keeps, bit per capability */
	struct cache_tool tool[CACHE_TOOLS];
	unsigned ninputs; /* the first is the policy itself */
	struct cache_input input[CACHE_INPUTS];
	const struct sock_filter *insn;
	size_t len; /* instructions */
};

/* The directory, from $XDG_CACHE_HOME and $HOME; either may be NULL. False: there is none, or no
 * room. */
bool cache_directory(char *path, size_t size, const char *xdg_cache_home, const char *home);

/* Whether a word is the name of a policy (letters, digits, - and _), not a path. */
bool cache_is_name(const char *word);

/* What the user calls a policy, made independent of the working directory: a path becomes absolute,
 * a name is kept. False: no room. */
bool cache_subject(char *subject, size_t size, const char *policy, const char *cwd);

/* The file name of a policy's entry when it is compiled for caps. */
void cache_name(char name[CACHE_NAME], const char *subject, uint64_t caps);

/* Whether nobody but user can have written a file or directory, by its fstat(2). */
bool cache_is_private(const struct stat *st, uid_t user);

/* Whether a tool, by its stat(2), is the one of then. */
bool cache_same_tool(const struct cache_tool *tool, const struct stat *st);
void cache_set_tool(struct cache_tool *tool, const char *path, const struct stat *st);

/* Write an entry to buf. Returns the bytes it takes, which may be more than size: then nothing of
 * use was written. */
size_t cache_encode(const struct cache_entry *entry, void *buf, size_t size);

/* Read one; its pointers go into buf, which is aligned as malloc(3) does. False: it isn't one of
 * this version, or damaged. */
bool cache_decode(struct cache_entry *entry, const void *buf, size_t size);

#endif
