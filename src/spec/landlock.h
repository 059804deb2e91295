/* landlock.h - what the agent is left by Landlock (landlock(7)). Plain data, and what of it which
 * kernel can do. Pure.
 *
 * The kernel's structures and numbers stand in stage/ruleset.c: the header of Debian 12 has but
 * the first third of them.
 */
#ifndef SPEC_LANDLOCK_H
#define SPEC_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANDLOCK_PATHS = 256, LANDLOCK_PORTS = 128 };

/* What a path may be used for, or-ed. */
enum landlock_use { LANDLOCK_READ = 1, LANDLOCK_WRITE = 2, LANDLOCK_EXECUTE = 4 };

/* The kernel's bits. */
enum landlock_scope { LANDLOCK_ABSTRACT = 1, LANDLOCK_SIGNAL = 2 };

/* The kernel's bits are 1 << these. */
enum landlock_net { LANDLOCK_BIND, LANDLOCK_CONNECT, LANDLOCK_NETS };

struct landlock_path {
	const char *path;
	unsigned use;
	bool maybe; /* none if it isn't there */
};

struct landlock_ports {
	bool given;
	uint16_t port[LANDLOCK_PORTS];
	unsigned n;
};

struct spec_landlock {
	struct landlock_path path[LANDLOCK_PATHS];
	unsigned npaths;
	struct landlock_ports net[LANDLOCK_NETS];
	unsigned scopes;
	int ruleset; /* ready to be entered; -1: none */
};

/* Paths may be below one another: what each allows adds up. False: no room. */
bool landlock_add_path(struct spec_landlock *landlock, const char *path, unsigned use, bool maybe);

/* Which accesses of files version abi of the kernel's interface can deny, as its bits; and which of
 * them this use of a path takes, which is a directory or not. */
uint64_t landlock_deniable(unsigned abi);
uint64_t landlock_allowed(unsigned use, bool directory, unsigned abi);

/* What is asked for that version abi can't deny (0: there is no Landlock), as a list for a message.
 * Returns its length; 0: it can do all. */
size_t landlock_missing(const struct spec_landlock *landlock, unsigned abi, char *buf, size_t size);

#endif
