/* A minimal /dev. May make names only in the fresh file system that was mounted for it. */
#include "root.h"

#include "log.h"
#include "tree.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void join(char path[PATH_MAX], const char *dir, const char *name)
{
	const char *end = path + PATH_MAX;

	(void)util_put(util_put(util_put(path, end, dir), end, "/"), end, name);
}

/* A user namespace can't make device nodes (mknod(2)): the host's are bound. "." is the host's
 * tree. */
static int bind_node(int dev, const char *dest, const char *node, const char *name)
{
	char source[80], target[PATH_MAX];

	(void)util_put(util_put(source, ARRAY_END(source), "dev/"), ARRAY_END(source), node);
	join(target, dest, name);
	if (mknodat(dev, name, S_IFREG | 0644, 0) < 0 ||
	    mount(source, target, NULL, MS_BIND, NULL) < 0)
		return log_errno(-errno, "cannot bind /%s on %s", source, target);
	return 0;
}

const char *devices_pts_options(const struct assembly *a)
{
	return a->single_id ? "newinstance,mode=0620,ptmxmode=0666"
			    : "newinstance,mode=0620,ptmxmode=0666,gid=5";
}

static int make_terminals(struct assembly *a, int dev, const char *dest)
{
	char target[PATH_MAX];

	join(target, dest, "pts");
	if (mkdirat(dev, "pts", 0755) < 0 ||
	    mount("devpts", target, "devpts", MS_NOSUID | MS_NOEXEC, devices_pts_options(a)) < 0)
		return log_errno(-errno, "cannot mount devpts on %s", target);
	return 0;
}

/* The nodes are the host's, whose owner could change their permissions; writing to the device is no
 * writing to the mount. */
static int lock_nodes(struct assembly *a, const char *dest)
{
	int fd = tree_open(a->root.fd, dest, O_PATH);
	int err = fd < 0 ? fd : tree_lock_below(fd);

	if (fd >= 0)
		(void)close(fd);
	return err ? log_errno(err, "cannot make the device nodes read-only") : 0;
}

/* PID 1 closes all that it doesn't need, in one call, once the agent runs. */
int devices_make(struct assembly *a, const char *dest)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "fd" },       { "/proc/self/fd/0", "stdin" },
		{ "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
		{ "pts/ptmx", "ptmx" },          { "/proc/kcore", "core" },
	};
	int dev = tree_open(a->root.fd, dest, O_PATH);
	int err = dev < 0 ? log_errno(dev, "cannot open %s", dest) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(nodes) && !err; i++)
		err = bind_node(dev, dest, nodes[i], nodes[i]);
	if (!err && a->console && !strncmp(a->console, "/dev/", 5))
		err = bind_node(dev, dest, a->console + 5, "console");
	if (!err && a->outside_root)
		err = lock_nodes(a, dest);
	if (!err)
		err = make_terminals(a, dev, dest);
	/* The last one only where it has always been. */
	for (size_t i = 0; i < ARRAY_SIZE(links) - !a->like_bwrap && !err; i++) {
		if (symlinkat(links[i][0], dev, links[i][1]) < 0)
			err = log_errno(-errno, "cannot make the link %s/%s", dest, links[i][1]);
	}
	/* On the same tmpfs: shm_open(3) wants a directory, not a mount. */
	if (!err && (mkdirat(dev, "shm", 0755) < 0 ||
		     (!a->like_bwrap && fchmodat(dev, "shm", 01777, 0) < 0)))
		err = log_errno(-errno, "cannot make %s/shm", dest);
	return err;
}
