/* Which right came with which version: "Previous limitations" in landlock(7). */
#include "landlock.h"

#include "util.h"

#include <stdio.h>

enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	/* Removing and making, a right for each kind of file. */
	CHANGE_DIR = 0x1ff << 4,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
	IOCTL_DEV = 1 << 15,
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
};

enum { ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL_DEV = 5, ABI_SCOPES = 6 };

bool landlock_add_path(struct spec_landlock *landlock, const char *path, unsigned use, bool maybe)
{
	if (landlock->npaths == LANDLOCK_PATHS)
		return false;
	landlock->path[landlock->npaths++] = (struct landlock_path){ path, use, maybe };
	return true;
}

uint64_t landlock_deniable(unsigned abi)
{
	uint64_t all = EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | CHANGE_DIR;

	/* Before version 2 nothing can be moved to another directory whatever is allowed. */
	if (abi >= 2)
		all |= REFER;
	if (abi >= ABI_TRUNCATE)
		all |= TRUNCATE;
	if (abi >= ABI_IOCTL_DEV)
		all |= IOCTL_DEV;
	return all;
}

uint64_t landlock_allowed(unsigned use, bool directory, unsigned abi)
{
	uint64_t all = READ_FILE | READ_DIR;

	if (use & LANDLOCK_EXECUTE)
		all |= EXECUTE;
	if (use & LANDLOCK_WRITE)
		all |= WRITE_FILE | CHANGE_DIR | REFER | TRUNCATE | IOCTL_DEV;
	return all & landlock_deniable(abi) & (directory ? UINT64_MAX : OF_FILES);
}

size_t landlock_missing(const struct spec_landlock *landlock, unsigned abi, char *buf, size_t size)
{
	const bool files = landlock->npaths;
	const bool tcp =
		landlock->net[LANDLOCK_BIND].given || landlock->net[LANDLOCK_CONNECT].given;
	const struct {
		bool asked;
		unsigned since;
		const char *what;
	} rights[] = {
		{ files, 1, "files (Linux 5.13)" },
		{ files, ABI_TRUNCATE, "truncate(2) (Linux 6.2)" },
		{ files, ABI_IOCTL_DEV, "ioctl(2) on devices (Linux 6.10)" },
		{ tcp, ABI_NET, "TCP ports (Linux 6.7)" },
		{ landlock->scopes & LANDLOCK_ABSTRACT, ABI_SCOPES,
		  "abstract sockets (Linux 6.12)" },
		{ landlock->scopes & LANDLOCK_SIGNAL, ABI_SCOPES, "signals (Linux 6.12)" },
	};
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(rights) && len < size; i++) {
		if (rights[i].asked && abi < rights[i].since)
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
						rights[i].what);
	}
	return len;
}
