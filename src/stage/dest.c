/* Destinations, component by component. May make names only in file systems of our own, and follows
 * no link out of the new root: CVE-2026-87766 and CVE-2024-45310 came from doing otherwise. */
#include "dest.h"

#include "log.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char dest_fix[] = " (nothing is made in the host's file systems; put a --tmpfs or an overlay "
			"on a directory above)";

void dest_own(struct newroot *root, int fd)
{
	struct stat st;

	if (root->nown < DEST_OWN && fstat(fd, &st) == 0)
		root->own[root->nown++] = st.st_dev;
}

bool dest_is_own(const struct newroot *root, int fd)
{
	struct stat st;

	if (root->anywhere)
		return true;
	if (fstat(fd, &st) < 0)
		return false;
	for (unsigned i = 0; i < root->nown; i++) {
		if (root->own[i] == st.st_dev)
			return true;
	}
	return false;
}

static int make(const struct newroot *root, int parent, const char *name, bool dir, mode_t perms)
{
	if (!dest_is_own(root, parent))
		return -EROFS;
	if (dir)
		return mkdirat(parent, name, perms) < 0 ? -errno : 0;
	return mknodat(parent, name, S_IFREG | perms, 0) < 0 ? -errno : 0;
}

static int complain(const char *dest, const char *path, int err)
{
	if (err == -EROFS)
		return log_errno(err, "cannot make %s for %s%s", path, dest, dest_fix);
	if (err == -EEXIST)
		return log_errno(err, "cannot use %s for %s (it is a link that leads nowhere)",
				 path, dest);
	if (err == -ELOOP || err == -EXDEV)
		return log_errno(err, "cannot use %s for %s (a link of /proc, or a loop)", path,
				 dest);
	return log_errno(err, "cannot make %s for %s", path, dest);
}

/* path is dest up to its n-th byte. Opens it, after making it below parent if it isn't there. */
static int step(const struct newroot *root, const char *dest, const char *path, int parent,
		bool dir, mode_t perms)
{
	const char *slash = strrchr(path, '/');
	int fd = tree_open(root->fd, path, O_PATH);
	int err = fd;

	if (fd == -ENOENT) {
		err = make(root, parent, slash ? slash + 1 : path, dir, perms);
		if (!err)
			err = fd = tree_open(root->fd, path, O_PATH);
	}
	return err < 0 ? complain(dest, path, err) : fd;
}

/* All components of path but the last; returns the descriptor of the directory. */
static int walk(const struct newroot *root, const char *dest, char *path)
{
	int dir = root->fd;

	for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
		int next;

		*slash = '\0';
		next = step(root, dest, path, dir, true, root->parents);
		*slash = '/';
		if (dir != root->fd)
			(void)close(dir);
		if (next < 0)
			return next;
		dir = next;
	}
	return dir == root->fd ? tree_open(root->fd, ".", O_PATH) : dir;
}

/* Without leading, trailing and double slashes. */
static int clean(const char *dest, char path[PATH_MAX])
{
	size_t n = 0;

	for (; *dest; dest++) {
		if (*dest == '/' && (!n || path[n - 1] == '/'))
			continue;
		if (n == PATH_MAX - 1)
			return -ENAMETOOLONG;
		path[n++] = *dest;
	}
	if (n && path[n - 1] == '/')
		n--;
	path[n] = '\0';
	return 0;
}

int dest_open(const struct newroot *root, const char *dest, enum dest_kind kind, mode_t perms)
{
	char path[PATH_MAX];
	int err = clean(dest, path);
	int fd = err ? err : tree_open(root->fd, *path ? path : ".", O_PATH);
	int parent;

	if (fd >= 0)
		return fd;
	if (fd != -ENOENT || kind == DEST_EXISTS)
		return fd == -ENOENT ? log_errno(fd, "cannot find %s inside", dest)
				     : complain(dest, path, fd);
	parent = walk(root, dest, path);
	if (parent < 0)
		return parent;
	fd = step(root, dest, path, parent, kind == DEST_DIR, perms);
	(void)close(parent);
	return fd;
}

int dest_parent(const struct newroot *root, const char *dest, const char **name)
{
	char path[PATH_MAX];
	int err = clean(dest, path);
	size_t len = strlen(dest);

	if (err || !*path)
		return log_errno(err ? err : -EINVAL, "cannot make %s", dest);
	while (len && dest[len - 1] == '/')
		len--;
	*name = dest + len;
	while (*name > dest && (*name)[-1] != '/')
		(*name)--;
	return walk(root, dest, path);
}

int dest_open_inside(const char *path, int flags)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -errno : tree_open(root, path, flags);

	if (root >= 0)
		(void)close(root);
	return fd;
}

int dest_chdir(const char *path)
{
	int dir = dest_open_inside(path, O_PATH | O_DIRECTORY);
	int err = dir < 0 ? dir : fchdir(dir) < 0 ? -errno : 0;

	if (dir >= 0)
		(void)close(dir);
	return err;
}
