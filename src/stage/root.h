/* root.h - the sandbox's root file system, made from the plan. Runs in PID 1, which is alone in its
 * mount namespace: nobody sees it half-made. */
#ifndef STAGE_ROOT_H
#define STAGE_ROOT_H

#include "dest.h"
#include "ops.h"

struct assembly {
	struct plan *plan;
	struct newroot root;
	int host;            /* O_PATH of the tree that we come from */
	int scratch;         /* a tmpfs beside it for layers and data; -1: none yet */
	unsigned nscratch;   /* names in it */
	bool outside_root;   /* our user is root outside, whom /proc obeys without capabilities */
	bool single_id;      /* there is no group tty */
	const char *console; /* a terminal of the host that /dev/console will be; NULL: none */
	bool like_bwrap;     /* the little things that its callers may rely on */
	const char *label;   /* SELinux label of private file systems */
};

/* Make it, enter it, and let go of the host's tree. 0, or -errno after saying why. */
int root_assemble(struct assembly *a);

/* lock.c: put PID 1 into a copy of its mounts that belongs to a user namespace below ours. In it
 * the kernel lets nobody, whatever he may do, take a mount away that covers something or make a
 * read-only one writable (mount_namespaces(7)). For agents that keep capabilities. "." is "/" after
 * it. */
int mounts_lock(void);

/* collect.c: while paths are the host's: a detached mount for each source of a bind. */
int collect_binds(struct assembly *a);
/* collect.c: the overlays, in the scratch file system. */
int collect_overlays(struct assembly *a);
/* collect.c: mount the scratch file system on top of "/", where paths don't lead but descriptors
 * do. It is attached, as kernels before 6.15 copy no detached mount; before the new root is, which
 * it would cover; and it goes with the host's tree. */
int scratch_open(struct assembly *a);
/* collect.c: a descriptor of a new directory or file in the scratch file system. */
int scratch_make(struct assembly *a, bool dir, char name[16]);

/* apply.c: one operation, inside. */
int apply_op(struct assembly *a, struct op *op);
/* apply.c: a file system of this type at dest. */
int apply_fs(struct assembly *a, const struct op *op, const char *type, unsigned long flags,
	     const char *options);

/* devices.c: what a minimal /dev has, in the file system at dest. */
int devices_make(struct assembly *a, const char *dest);
/* devices.c: for mount(2): terminals are of the group tty, where there is one inside. */
const char *devices_pts_options(const struct assembly *a);

/* protect.c: what in a fresh /proc a user who is root outside could use against the host. */
int protect_proc(struct assembly *a, const char *dest);
/* protect.c: hide what is at each match of a path or pattern. */
int protect_mask(struct assembly *a, const struct op *op);

#endif
