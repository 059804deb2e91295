/* Namespaces that others made. May open them and enter them for good; makes none. */
#include "join.h"

#include "log.h"
#include "namespaces.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

int join_open_file(const char *path)
{
	/* A FIFO would wait for its other end. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

bool join_is_kind(int fd, enum ns_kind kind)
{
	/* Other files answer an ioctl(2) that they don't know with an error. */
	return ioctl(fd, NS_GET_NSTYPE) == (int)ns_flag(kind);
}

static int check(int fd, enum ns_kind kind, const char *name)
{
	if (join_is_kind(fd, kind))
		return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
	log_error("cannot join %s: it is no %s namespace (expected a file such as "
		  "/proc/PID/ns/%s)",
		  name, ns_name(kind), ns_name(kind));
	return -EINVAL;
}

static int check_fd(int fd, enum ns_kind kind)
{
	char name[24];

	if (fd < 0)
		return 0;
	(void)snprintf(name, sizeof(name), "descriptor %d", fd);
	return check(fd, kind, name);
}

static int open_one(struct spec_ns *ns, enum ns_kind kind)
{
	const char *what = ns->join[kind];
	bool pid = what[strspn(what, "0123456789")] == '\0';
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), pid ? "/proc/%s/ns/%s" : "%s", what, ns_name(kind));
	fd = join_open_file(path);
	if (fd < 0)
		return log_errno(
			fd, "cannot open the namespace %s%s", path,
			fd == -EACCES ? " (a process's is open to its user alone, and to nobody "
					"if it isn't dumpable, as a sandbox's PID 1: name one of "
					"its children)"
				      : "");
	ns->join_fd[kind] = fd;
	return check(fd, kind, path);
}

int join_open(struct spec_ns *ns)
{
	int err = check_fd(ns->userns2, NS_USER);

	for (unsigned i = 0; i < NS_KINDS && !err; i++)
		err = ns->join[i] ? open_one(ns, i) : check_fd(ns->join_fd[i], i);
	return err;
}

bool join_is_ours(int fd, enum ns_kind kind)
{
	char path[32];
	struct stat theirs, ours;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_name(kind));
	return fstat(fd, &theirs) == 0 && stat(path, &ours) == 0 && theirs.st_ino == ours.st_ino &&
	       theirs.st_dev == ours.st_dev;
}

static const char *join_fix(enum ns_kind kind, int err, bool user)
{
	if (err == -EPERM && kind == NS_USER)
		return " (only who made it may, or root)";
	if (err == -EPERM && !user)
		return " (it belongs to another user namespace: --join that one, too, or be root)";
	if (err == -EPERM)
		return " (it doesn't belong to the user namespace that was joined before)";
	if (err == -EINVAL && kind == NS_PID)
		return " (only one below our own can be joined)";
	return "";
}

static int enter_one(const struct spec_ns *ns, enum ns_kind kind)
{
	int fd = ns->join_fd[kind], err;

	/* setns(2) calls one's own user namespace invalid. */
	if (fd < 0 || join_is_ours(fd, kind))
		return 0;
	if (setns(fd, (int)ns_flag(kind)) == 0)
		return 0;
	err = -errno;
	return log_errno(err, "cannot join the %s namespace%s", ns_name(kind),
			 join_fix(kind, err, ns->join_fd[NS_USER] >= 0));
}

int join_enter(struct spec_run *run)
{
	/* The user namespace first, whose owner may enter what belongs to it. */
	static const enum ns_kind order[] = { NS_USER, NS_PID,    NS_NET, NS_IPC,
					      NS_UTS,  NS_CGROUP, NS_TIME };
	const struct spec_ns *ns = &run->ns;
	int err = 0;

	/* From here on those inside may have rights over us, and see us as soon as one of us is in
	 * their PID namespace: our memory and descriptors are the host's (CVE-2016-9962). */
	if (ns->join_fd[NS_USER] >= 0 || ns->join_fd[NS_PID] >= 0)
		(void)prctl(PR_SET_DUMPABLE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(order) && !err; i++)
		err = enter_one(ns, order[i]);
	if (ns->join_fd[NS_USER] >= 0) {
		run->uid = geteuid();
		run->gid = getegid();
	}
	return err;
}
