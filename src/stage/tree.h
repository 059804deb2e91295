/* tree.h - mounts by descriptor, as open_tree(2), mount_setattr(2) and move_mount(2) know them.
 *
 * Each returns a descriptor or 0, or -errno without a word: the caller knows the object.
 */
#ifndef STAGE_TREE_H
#define STAGE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* <linux/mount.h>, which Debian 12's C libraries don't show. */
#define TREE_RDONLY 0x01
#define TREE_NOSUID 0x02
#define TREE_NODEV  0x04
#define TREE_NOEXEC 0x08

/* A detached copy of what is at path below dir, with all submounts, which all get attr and are
 * private: nothing that is mounted later, here or there, shows on the other side. */
int tree_clone(int dir, const char *path, uint64_t attr);

/* Attach tree (or what is at name below it) on a descriptor, or on a name below one. */
int tree_place(int tree, const char *name, int at, const char *dest);

/* Add attributes to this mount alone. */
int tree_set(int at, uint64_t attr);

/* Make all that is mounted below this mount read-only, but not this one. */
int tree_lock_below(int at);

/* Show the ids of a tree that isn't attached yet as the user namespace maps them. */
int tree_map_ids(int tree, int userns);

/* A new file system of this type, detached. options: as for mount(2), or NULL. */
int tree_new(const char *type, const char *options, uint64_t attr);

/* Why the kernel refused a file system, in its own words ("" if it has none), by asking again.
 * Returns buf. */
const char *tree_why(const char *type, const char *options, char *buf, unsigned size);

/* A file to be written from its beginning, made if it isn't there. over: also if it is a mount, of
 * which only the mount point is in dir. */
int tree_write(int dir, const char *name, mode_t mode, bool over);

/* openat2(2): path as if root were the root directory, through links that stay in it and never
 * through those of /proc. flags: O_PATH and friends. */
int tree_open(int root, const char *path, int flags);

#endif
