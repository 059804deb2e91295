/* Sources, while a path still is the host's. May copy mounts, and mounts layers beside the old
 * root, which go with it. */
#include "root.h"

#include "log.h"
#include "tree.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_open(struct assembly *a)
{
	int err;

	a->scratch = tree_new("tmpfs", "mode=0755", TREE_NOSUID | TREE_NODEV);
	err = a->scratch < 0 ? a->scratch : tree_place(a->scratch, "", AT_FDCWD, "/");
	return err ? log_errno(err, "cannot mount a private file system") : 0;
}

int scratch_make(struct assembly *a, bool dir, char name[16])
{
	int fd;

	(void)snprintf(name, 16, "%u", a->nscratch++);
	if (dir && mkdirat(a->scratch, name, 0755) < 0)
		return log_errno(-errno, "cannot make a private directory");
	fd = openat(a->scratch, name,
		    dir ? O_PATH | O_DIRECTORY | O_CLOEXEC
			: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0644);
	return fd < 0 ? log_errno(-errno, "cannot make a private file") : fd;
}

/* What was found before the clone, by us, must be what the path leads to now. A descriptor of the
 * other mount namespace can't be cloned itself (open_tree(2): EINVAL). */
static int same_file(int tree, int fd)
{
	struct stat now, then;

	if (fstat(tree, &now) < 0 || fstat(fd, &then) < 0)
		return -errno;
	return now.st_dev == then.st_dev && now.st_ino == then.st_ino ? 0 : -ESTALE;
}

static int path_of_fd(int fd, char path[PATH_MAX])
{
	char link[32];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return *path == '/' ? 0 : -EINVAL;
}

static uint64_t attributes(const struct op *op)
{
	return TREE_NOSUID | (op->flags & OP_DEVICES ? 0 : TREE_NODEV) |
	       (op->flags & OP_RO ? TREE_RDONLY : 0);
}

static const char *bind_fix(int err)
{
	switch (err) {
	case -ESTALE:
		return " (it was replaced by something else just now)";
	case -EINVAL:
		return " (it is no file of a file system that can be mounted, or comes from "
		       "another "
		       "mount namespace)";
	case -ENOSYS:
		return " (Linux 5.12 is needed to do this for all submounts)";
	default:
		return "";
	}
}

/* In /proc/self everything is somebody else's by now. A link there that tells a path, as of a
 * descriptor, means that path; any other, as of a namespace, means ours: flatpak binds
 * /proc/self/ns/user so that it can find the sandbox's. */
static const char *own_source(struct op *op, char path[PATH_MAX])
{
	if (realpath(op->source, path))
		return path;
	if (op->fd >= 0)
		(void)close(op->fd);
	op->fd = open(op->source, O_PATH | O_CLOEXEC);
	return op->source;
}

static int collect_bind(struct op *op)
{
	char path[PATH_MAX];
	const char *source = op->source;
	int err = 0;

	/* An idmapped one was made outside. */
	if (op->tree >= 0)
		return 0;
	if (op->flags & OP_GIVEN_FD) {
		err = path_of_fd(op->fd, path);
		source = path;
	} else if (op->fd >= 0 && util_after(source, "/proc/self/")) {
		source = own_source(op, path);
	}
	/* --*-bind-try without a source. */
	if (!err && op->fd < 0)
		return 0;
	if (!err)
		err = op->tree = tree_clone(AT_FDCWD, source, attributes(op));
	if (err >= 0)
		err = same_file(op->tree, op->fd);
	(void)close(op->fd);
	op->fd = -1;
	if (err)
		return log_errno(err, "cannot bind %s%s", source, bind_fix(err));
	return 0;
}

/* The options of an overlay, all by descriptor: no character of a path needs an escape. */
static int overlay_options(struct assembly *a, const struct op *op, char *text, size_t size)
{
	const struct layer *layer = a->plan->layer + op->layer;
	size_t at = (size_t)snprintf(text, size, "lowerdir=");
	char up[16], work[16];

	/* overlayfs wants the highest first; we have the lowest first, as bwrap. */
	for (unsigned i = op->nlayers; i > 0 && at < size; i--)
		at += (size_t)snprintf(text + at, size - at, "%s/proc/self/fd/%d",
				       i < op->nlayers ? ":" : "", layer[i - 1].fd);
	if (at >= size)
		return log_errno(-E2BIG, "cannot mount an overlay on %s (too many layers)",
				 op->dest);
	if (op->upper) {
		(void)snprintf(text + at, size - at, ",upperdir=%s,workdir=%s,userxattr", op->upper,
			       op->work);
		return 0;
	}
	if (!(op->flags & OP_RO)) {
		int fd = scratch_make(a, true, up);
		int fd2 = fd < 0 ? fd : scratch_make(a, true, work);

		if (fd2 < 0)
			return fd2;
		(void)close(fd);
		(void)close(fd2);
		at += (size_t)snprintf(text + at, size - at,
				       ",upperdir=/proc/self/fd/%d/%s,workdir=/proc/self/fd/%d/%s",
				       a->scratch, up, a->scratch, work);
	}
	(void)snprintf(text + at, size - at, ",userxattr");
	return 0;
}

/* The descriptors were opened in the mount namespace that we come from, and an overlay takes no
 * mount of another one: again here, by path, and the same file. */
static int reopen_layers(struct assembly *a, const struct op *op)
{
	for (unsigned i = 0; i < op->nlayers; i++) {
		struct layer *layer = &a->plan->layer[op->layer + i];
		int fd = open(layer->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		int err = fd < 0 ? -errno : same_file(fd, layer->fd);

		if (err)
			return log_errno(err, "cannot use %s as a layer", layer->path);
		(void)close(layer->fd);
		layer->fd = fd;
	}
	return 0;
}

static int collect_overlay(struct assembly *a, struct op *op)
{
	char options[4096], name[16], where[48], why[256];
	const char *log;
	int dir, err = reopen_layers(a, op);

	if (err)
		return err;
	dir = scratch_make(a, true, name);
	err = dir < 0 ? dir : overlay_options(a, op, options, sizeof(options));
	if (dir >= 0)
		(void)close(dir);
	if (err)
		return err;
	(void)snprintf(where, sizeof(where), "/proc/self/fd/%d/%s", a->scratch, name);
	if (mount("overlay", where, "overlay", MS_NOSUID | MS_NODEV, options) < 0) {
		err = -errno;
		return log_errno(err, "cannot mount an overlay on %s (%s)", op->dest,
				 *(log = tree_why("overlay", options, why, sizeof(why)))
					 ? log
					 : "it needs overlayfs in user namespaces, Linux 5.11, and "
					   "layers without other mounts below them");
	}
	/* Attached: moved from here when its turn comes. */
	op->tree = openat(a->scratch, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return op->tree < 0 ? log_errno(-errno, "cannot open the overlay on %s", op->dest) : 0;
}

int collect_binds(struct assembly *a)
{
	int err = 0;

	for (unsigned i = 0; i < a->plan->nops && !err; i++)
		err = op_is_bind(&a->plan->op[i]) ? collect_bind(&a->plan->op[i]) : 0;
	return err;
}

int collect_overlays(struct assembly *a)
{
	int err = 0;

	for (unsigned i = 0; i < a->plan->nops && !err; i++)
		err = a->plan->op[i].kind == OP_OVERLAY ? collect_overlay(a, &a->plan->op[i]) : 0;
	return err;
}
