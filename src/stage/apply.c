/* One operation inside the new root. "/" is the new root, "." the host's tree. May make names only
 * in file systems of ours (dest.c). */
#include "root.h"

#include "log.h"
#include "mount.h"
#include "tree.h"
#include "util.h"
#include "why.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_trusted(const struct assembly *a, const struct op *op)
{
	return (op->flags & OP_DEFAULT) && a->plan->root == ROOT_HOST && !a->plan->has_root_op &&
	       !a->plan->root_overlay;
}

/* On the host's own tree, which is ours to trust, by path; mount(2) is one call where fsopen(2)
 * takes five. Elsewhere on a descriptor that no link of /proc led to. */
int apply_fs(struct assembly *a, const struct op *op, const char *type, unsigned long flags,
	     const char *options)
{
	bool trusted = is_trusted(a, op);
	const char *source = op->kind == OP_MOUNT ? op->source : type;
	char log[256];
	int err = 0, fd = -1;

	if (!trusted) {
		fd = dest_open(&a->root, op->dest, DEST_DIR, 0755);
		if (fd < 0)
			return fd;
		if (a->host < 0)
			a->host = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (a->host < 0 || fchdir(fd) < 0)
			err = -errno;
	}
	if (!err && mount(source, trusted ? op->dest : ".", type, flags, options) < 0)
		err = -errno;
	if (fd >= 0) {
		(void)close(fd);
		(void)!fchdir(a->host);
	}
	if (err && (op->flags & OP_TRY))
		return 0;
	if (err) {
		const char *said = tree_why(type, options, log, sizeof(log));

		return log_errno(err, "cannot mount %s on %s%s%s%s", type, op->dest,
				 *said ? " (" : "", *said ? said : why_fs(type, err),
				 *said ? ")" : "");
	}
	return 0;
}

/* A file system that only this sandbox has: names may be made in it. */
static int own(struct assembly *a, const struct op *op, int err)
{
	int fd;

	/* Nobody will ask, if the plan is nothing but the defaults on the host's tree. */
	if (err || (is_trusted(a, op) && (a->plan->op[a->plan->nops - 1].flags & OP_DEFAULT)))
		return err;
	fd = tree_open(a->root.fd, op->dest, O_PATH);
	if (fd < 0)
		return log_errno(fd, "cannot open %s", op->dest);
	dest_own(&a->root, fd);
	(void)close(fd);
	return 0;
}

static int apply_tmpfs(struct assembly *a, const struct op *op)
{
	char options[256], *end = ARRAY_END(options), *at = util_put(options, end, "mode=");

	at = util_put_number(at, end, op->perms >= 0 ? (unsigned)op->perms : 0755, 8);
	if (op->size)
		at = util_put_number(util_put(at, end, ",size="), end, op->size, 10);
	if (a->label)
		(void)snprintf(at, (size_t)(end - at), ",context=\"%s\"", a->label);
	return own(a, op, apply_fs(a, op, "tmpfs", NO_SUID_DEV, options));
}

static int apply_dev(struct assembly *a, const struct op *op)
{
	int err = own(a, op, apply_fs(a, op, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755"));

	return err ? err : devices_make(a, op->dest);
}

static int apply_devpts(struct assembly *a, const struct op *op)
{
	return apply_fs(a, op, "devpts", MS_NOSUID | MS_NOEXEC, devices_pts_options(a));
}

static int apply_mount(struct assembly *a, const struct op *op)
{
	char data[512];
	unsigned long flags = mount_split_options(op->options, data, sizeof(data));

	return own(a, op, apply_fs(a, op, op->type, flags | NO_SUID_DEV, data));
}

static int place(struct assembly *a, int tree, bool dir, const char *dest)
{
	int fd = dest_open(&a->root, dest, dir ? DEST_DIR : DEST_FILE, dir ? 0755 : 0644);
	int err = fd < 0 ? fd : tree_place(tree, "", fd, "");

	if (fd >= 0)
		(void)close(fd);
	if (fd >= 0 && err)
		(void)log_errno(err, "cannot bind on %s%s", dest,
				err == -ENOTDIR || err == -EINVAL
					? " (a directory goes on a directory, a file on a file)"
					: "");
	return err;
}

static int apply_tree(struct assembly *a, struct op *op)
{
	struct stat st;
	int err;

	if (op->tree < 0)
		return 0;
	err = fstat(op->tree, &st) < 0 ? log_errno(-errno, "cannot bind on %s", op->dest) : 0;
	if (!err)
		err = place(a, op->tree, S_ISDIR(st.st_mode), op->dest);
	if (!err && op->kind == OP_OVERLAY && !op->upper)
		dest_own(&a->root, op->tree);
	(void)close(op->tree);
	op->tree = -1;
	return err;
}

static int apply_proc(struct assembly *a, struct op *op)
{
	int err = op->source ? apply_tree(a, op) : apply_fs(a, op, "proc", NO_SUID_DEV_EXEC, NULL);

	/* Its files obey the user who is root outside, capabilities or not. */
	return err || !a->outside_root ? err : protect_proc(a, op->dest);
}

static int apply_dir(struct assembly *a, const struct op *op)
{
	int fd = dest_open(&a->root, op->dest, DEST_DIR, op->perms >= 0 ? (mode_t)op->perms : 0755);

	if (fd >= 0)
		(void)close(fd);
	return fd < 0 ? fd : 0;
}

static int copy(int from, int to, const char *dest)
{
	char buf[16384];
	ssize_t n = 0, done = 1;

	while (done > 0 && (n = read(from, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n && done > 0; at += done)
			done = write(to, buf + at, (size_t)(n - at));
	}
	return n < 0 || done < 0 ? log_errno(-errno, "cannot copy into %s", dest) : 0;
}

static int apply_file(struct assembly *a, struct op *op)
{
	const char *name;
	int dir = dest_parent(&a->root, op->dest, &name);
	int err = dir < 0 ? dir : dest_is_own(&a->root, dir) ? 0 : -EROFS;
	int fd = -1;

	if (dir >= 0 && !err) {
		fd = tree_write(dir, name, op->perms >= 0 ? (mode_t)op->perms : 0666,
				a->root.anywhere);
		err = fd < 0 ? fd : 0;
	}
	if (dir >= 0 && err)
		(void)log_errno(err, "cannot make the file %s%s", op->dest,
				err == -EROFS   ? dest_fix
				: err == -EXDEV ? " (something is bound there, which isn't written "
						  "over)"
						: "");
	if (!err)
		err = copy(op->fd, fd, op->dest);
	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	(void)close(op->fd);
	return err;
}

static int apply_data(struct assembly *a, struct op *op)
{
	char name[16];
	int fd = scratch_make(a, false, name);
	int err = fd < 0 ? fd : copy(op->fd, fd, op->dest);
	int tree;

	(void)close(op->fd);
	if (!err && fchmod(fd, op->perms >= 0 ? (mode_t)op->perms : 0600) < 0)
		err = -errno;
	if (fd >= 0)
		(void)close(fd);
	if (err)
		return err;
	tree = tree_clone(a->scratch, name,
			  TREE_NOSUID | TREE_NODEV | (op->flags & OP_RO ? TREE_RDONLY : 0));
	if (tree < 0)
		return log_errno(tree, "cannot bind on %s", op->dest);
	err = place(a, tree, false, op->dest);
	(void)close(tree);
	return err;
}

static int apply_symlink(struct assembly *a, const struct op *op)
{
	char there[4096];
	const char *name;
	int dir = dest_parent(&a->root, op->dest, &name);
	ssize_t n;
	int err;

	if (dir < 0)
		return dir;
	/* One that is there and says the same is what was asked for. */
	n = readlinkat(dir, name, there, sizeof(there) - 1);
	there[n > 0 ? n : 0] = '\0';
	if (n > 0 && !strcmp(there, op->source))
		err = 0;
	else if (!dest_is_own(&a->root, dir))
		err = -EROFS;
	else
		err = symlinkat(op->source, dir, name) < 0 ? -errno : 0;
	(void)close(dir);
	if (err)
		(void)log_errno(err, "cannot make the link %s%s", op->dest,
				err == -EROFS ? dest_fix : "");
	return err;
}

static int apply_chmod(struct assembly *a, const struct op *op)
{
	/* fchmod(2) takes no O_PATH descriptor; one look-up, so that nobody can change the name in
	 * between. */
	int fd = tree_open(a->root.fd, op->dest, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int err = fd < 0 ? fd : dest_is_own(&a->root, fd) ? 0 : -EROFS;

	if (!err && fchmod(fd, (mode_t)op->perms) < 0)
		err = -errno;
	if (fd >= 0)
		(void)close(fd);
	return err ? log_errno(err, "cannot change the permissions of %s%s", op->dest,
			       err == -EROFS ? " (it is the host's)" : "")
		   : 0;
}

static int apply_remount(struct assembly *a, const struct op *op)
{
	int fd = dest_open(&a->root, op->dest, DEST_EXISTS, 0);
	int err = fd < 0 ? fd : tree_set(fd, TREE_RDONLY);

	if (fd >= 0)
		(void)close(fd);
	if (fd >= 0 && err)
		(void)log_errno(err, "cannot make %s read-only%s", op->dest,
				err == -EINVAL ? " (it is no mount point)" : "");
	return err;
}

/* bwrap's rule: whoever may not see what is made shall not see the way to it, either. */
static mode_t parents(const struct op *op)
{
	int perms = op->perms >= 0 ? op->perms : op->kind == OP_BIND_DATA ? 0600 : 0777;

	return 0755 & ~(perms & 0070 ? 0 : 0050) & ~(perms & 0007 ? 0 : 0005);
}

int apply_op(struct assembly *a, struct op *op)
{
	a->root.parents = parents(op);
	switch (op->kind) {
	case OP_BIND:
	case OP_OVERLAY:
		return apply_tree(a, op);
	case OP_TMPFS:
		return apply_tmpfs(a, op);
	case OP_PROC:
		return apply_proc(a, op);
	case OP_DEV:
		return apply_dev(a, op);
	case OP_DEVPTS:
		return apply_devpts(a, op);
	case OP_SYSFS:
		return apply_fs(a, op, "sysfs", NO_SUID_DEV_EXEC, NULL);
	case OP_CGROUPFS:
		return apply_fs(a, op, "cgroup2", NO_SUID_DEV_EXEC, NULL);
	case OP_MQUEUE:
		return apply_fs(a, op, "mqueue", NO_SUID_DEV_EXEC, NULL);
	case OP_MOUNT:
		return apply_mount(a, op);
	case OP_DIR:
		return apply_dir(a, op);
	case OP_FILE:
		return apply_file(a, op);
	case OP_BIND_DATA:
		return apply_data(a, op);
	case OP_SYMLINK:
		return apply_symlink(a, op);
	case OP_CHMOD:
		return apply_chmod(a, op);
	case OP_REMOUNT:
		return apply_remount(a, op);
	case OP_MASK:
		return protect_mask(a, op);
	}
	return -EINVAL;
}
