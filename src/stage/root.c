/* The order of a new root. Sources are resolved while paths are the host's. Then "/" is the new
 * root, so that no link in it leads out, while "." still is the host's; nothing is mounted over the
 * new root, or ".." would lead into that. When all is in place it is pivoted into, for good. */
#include "root.h"

#include "log.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char tree_fix[] = " (Linux 5.12 is needed, and a mount namespace of our own)";

/* The detached tree that / will be. */
static int base(struct assembly *a)
{
	struct plan *plan = a->plan;
	int tree;

	if (plan->has_root_op && plan->op[0].kind != OP_TMPFS) {
		tree = plan->op[0].tree;
		plan->op[0].tree = -1;
		return tree;
	}
	if (plan->has_root_op || plan->root == ROOT_EMPTY || plan->root_overlay)
		tree = tree_new("tmpfs", "mode=0755", TREE_NOSUID | TREE_NODEV);
	else
		tree = tree_clone(AT_FDCWD, "/", TREE_RDONLY | TREE_NOSUID | TREE_NODEV);
	if (tree < 0)
		(void)log_errno(tree, "cannot make the root file system%s",
				tree == -ENOSYS ? tree_fix : "");
	return tree;
}

static const char *pivot_fix(int err)
{
	return err == -EINVAL ? " (an initramfs can't be pivoted away: boot it with cradle as "
				"rdinit, which puts a mount over it)"
			      : "";
}

/* From here until leave_host(): "/" inside, "." the host's tree. A path begins at the root itself,
 * not at what is mounted on it, but its ".." leads to that (fs/namei.c: handle_dots, step_into). */
static int enter(struct assembly *a, int tree)
{
	int err = chdir("/") < 0 ? -errno : tree_place(tree, "", AT_FDCWD, "/");

	if (!err && chroot("/..") < 0)
		err = -errno;
	a->root.fd = tree;
	return err ? log_errno(err, "cannot enter the new root file system") : 0;
}

/* From here on the image's links count, and one could name a descriptor of ours (CVE-2024-21626).
 */
static void close_sources(struct assembly *a)
{
	if (a->host >= 0)
		(void)close(a->host);
	if (a->scratch >= 0)
		(void)close(a->scratch);
	for (unsigned i = 0; i < a->plan->nlayers; i++)
		(void)close(a->plan->layer[i].fd);
}

/* pivot_root(2), "pivot_root(".", ".")". Up to here the host's /proc had to be there: the kernel
 * allows a fresh one only to those who can see one in full. */
static int leave_host(struct assembly *a)
{
	int err = 0;

	if (chroot(".") < 0 || fchdir(a->root.fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		err = -errno;
	if (err)
		return log_errno(err, "cannot make the new root file system the only one%s",
				 pivot_fix(err));
	/* What lies on top of "/" goes first: the scratch file system, then the host's tree. */
	for (int i = a->scratch < 0; i < 2 && !err; i++)
		err = umount2(".", MNT_DETACH) < 0 ? -errno : 0;
	close_sources(a);
	return err ? log_errno(err, "cannot let go of the host's tree") : 0;
}

static bool needs_scratch(const struct plan *plan)
{
	for (unsigned i = 0; i < plan->nops; i++) {
		enum op_kind kind = plan->op[i].kind;

		if (kind == OP_OVERLAY || kind == OP_BIND_DATA || kind == OP_MASK)
			return true;
	}
	return false;
}

/* Of ours only if nothing of the host is below. */
static bool base_is_own(const struct plan *plan)
{
	if (plan->has_root_op)
		return plan->op[0].kind == OP_TMPFS ||
		       (plan->op[0].kind == OP_OVERLAY && !plan->op[0].upper);
	return plan->root == ROOT_EMPTY || plan->root_overlay;
}

/* Copies of the host's tree first: the scratch file system on top of "/" is no part of it. */
static int collect(struct assembly *a)
{
	struct plan *plan = a->plan;
	int err = collect_binds(a);
	int tree = -1;

	if (!err && !plan->has_root_op)
		tree = base(a);
	err = err ? err : plan->has_root_op || tree >= 0 ? 0 : tree;
	if (!err && (a->outside_root || needs_scratch(plan)))
		err = scratch_open(a);
	if (!err)
		err = collect_overlays(a);
	if (!err && plan->has_root_op)
		tree = base(a);
	return err ? err : tree;
}

int root_assemble(struct assembly *a)
{
	struct plan *plan = a->plan;
	/* Permissions are what was asked for; of the defaults, no name is left bare. */
	bool plain = plan_is_default(plan);
	mode_t mask = plain ? 0 : umask(0);
	int err, tree;

	a->host = -1;
	tree = collect(a);
	err = tree < 0 ? tree : enter(a, tree);
	if (!err && base_is_own(plan))
		dest_own(&a->root, a->root.fd);
	for (unsigned i = plan->has_root_op; i < plan->nops && !err; i++)
		err = apply_op(a, &plan->op[i]);
	if (!err)
		err = leave_host(a);
	if (!plain)
		(void)umask(mask);
	return err;
}
