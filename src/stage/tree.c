/* The mount system calls of Linux 5.2 to 6.15. May attach only where the caller says. */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on every architecture since 5.0. */
enum {
	NR_open_tree = 428,
	NR_move_mount = 429,
	NR_fsopen = 430,
	NR_fsconfig = 431,
	NR_fsmount = 432,
	NR_openat2 = 437,
	NR_mount_setattr = 442,
	NR_open_tree_attr = 467,
};

enum { CLONE_TREE = 1, RECURSIVE = 0x8000, EMPTY_PATH = 0x1000 }; /* OPEN_TREE_*, AT_* */
enum { MOVE_F_EMPTY_PATH = 0x04, MOVE_T_EMPTY_PATH = 0x40 };
enum { SET_FLAG = 0, SET_STRING = 1, CMD_CREATE = 6 };         /* enum fsconfig_command */
enum { NO_XDEV = 0x01, NO_MAGICLINKS = 0x02, IN_ROOT = 0x10 }; /* RESOLVE_* */

#define ATTR_IDMAP 0x00100000

struct attributes { /* struct mount_attr */
	uint64_t set, clear, propagation, userns_fd;
};

static int set_attributes(int at, unsigned flags, struct attributes *attr)
{
	return syscall(NR_mount_setattr, at, "", EMPTY_PATH | flags, attr, sizeof(*attr)) < 0
		       ? -errno
		       : 0;
}

int tree_clone(int dir, const char *path, uint64_t attr)
{
	struct attributes all = { .set = attr, .propagation = MS_PRIVATE };
	unsigned flags = CLONE_TREE | O_CLOEXEC | RECURSIVE | (*path ? 0 : EMPTY_PATH);
	int tree = (int)syscall(NR_open_tree_attr, dir, path, flags, &all, sizeof(all));
	int err;

	/* Before 6.15, or behind a filter that doesn't know it, in two steps. */
	if (tree >= 0 || (errno != ENOSYS && errno != EPERM))
		return tree < 0 ? -errno : tree;
	tree = (int)syscall(NR_open_tree, dir, path, flags);
	if (tree < 0)
		return -errno;
	err = set_attributes(tree, RECURSIVE, &all);
	if (!err)
		return tree;
	(void)close(tree);
	return err;
}

int tree_place(int tree, const char *name, int at, const char *dest)
{
	unsigned flags = (*name ? 0 : MOVE_F_EMPTY_PATH) | (*dest ? 0 : MOVE_T_EMPTY_PATH);

	return syscall(NR_move_mount, tree, name, at, dest, flags) < 0 ? -errno : 0;
}

int tree_set(int at, uint64_t attr)
{
	struct attributes one = { .set = attr };

	return set_attributes(at, 0, &one);
}

int tree_lock_below(int at)
{
	struct attributes all = { .set = TREE_RDONLY }, one = { .clear = TREE_RDONLY };

	return set_attributes(at, RECURSIVE, &all) ?: set_attributes(at, 0, &one);
}

int tree_map_ids(int tree, int userns)
{
	struct attributes map = { .set = ATTR_IDMAP, .userns_fd = (uint64_t)userns };

	return set_attributes(tree, RECURSIVE, &map);
}

/* One "name=value" or "name" after another, as the legacy parser of the kernel cuts them. */
static int configure(int fs, const char *options)
{
	char word[256];

	while (options && *options) {
		size_t len = strcspn(options, ",");
		char *value;

		(void)snprintf(word, sizeof(word), "%.*s", (int)len, options);
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		if (syscall(NR_fsconfig, fs, value ? SET_STRING : SET_FLAG, word, value, 0) < 0)
			return -errno;
		options += len + (options[len] == ',');
	}
	return syscall(NR_fsconfig, fs, CMD_CREATE, NULL, NULL, 0) < 0 ? -errno : 0;
}

int tree_new(const char *type, const char *options, uint64_t attr)
{
	int fs = (int)syscall(NR_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
	int err = fs < 0 ? -errno : configure(fs, options);
	int tree = -1;

	if (!err) {
		tree = (int)syscall(NR_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, attr);
		err = tree < 0 ? -errno : 0;
	}
	if (fs >= 0)
		(void)close(fs);
	return err ? err : tree;
}

const char *tree_why(const char *type, const char *options, char *buf, unsigned size)
{
	int fs = (int)syscall(NR_fsopen, type, 1);
	ssize_t n = 0;

	/* Each line begins with its level: "e ", "w " or "i ". */
	if (fs >= 0 && configure(fs, options) < 0)
		n = read(fs, buf, size - 1);
	if (fs >= 0)
		(void)close(fs);
	if (n < 2)
		n = 0;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n ? buf + 2 : buf;
}

int tree_write(int dir, const char *name, mode_t mode, bool over)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, mode,
		  over ? 0 : NO_XDEV };
	long fd = syscall(NR_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int tree_open(int root, const char *path, int flags)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { (uint64_t)(flags | O_CLOEXEC), 0, IN_ROOT | NO_MAGICLINKS };
	long fd = syscall(NR_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}
