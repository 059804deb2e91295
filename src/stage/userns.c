/* user_namespaces(7): a limit holds for the namespace in which it is written and all below, and who
 * has CAP_SYS_RESOURCE there can raise it. An agent without that capability is held by the limit 0.
 * One that keeps it is put into a last namespace below the limited one, where it rules over nothing
 * that counts, as bubblewrap does always. May make that namespace, and nothing else. */
#include "userns.h"

#include "log.h"
#include "root.h"
#include "sys.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_at(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int err = n < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	return err;
}

static bool could_raise(const struct spec_confine *confine)
{
	return confine->keep_rights || (confine->caps >> CAP_SYS_RESOURCE & 1);
}

/* Whoever mounts what he likes could also unmount a mask, or make writable what is read-only. */
static bool could_unlock(const struct spec_run *run)
{
	return (run->ns.unshare >> NS_USER & 1) && run->ns.join_fd[NS_MNT] < 0 &&
	       (run->confine.keep_rights || (run->confine.caps >> CAP_SYS_ADMIN & 1));
}

/* One that nobody could mount over or make read-only, as container runtimes do; where the kernel
 * doesn't give us one, what there is. */
int userns_open_proc(const struct spec_run *run)
{
	int proc = -1;

	if (!run->ns.disable_userns)
		return -1;
	if (run->ns.unshare >> NS_PID & 1)
		proc = tree_new("proc", NULL, TREE_NOSUID | TREE_NODEV | TREE_NOEXEC);
	return proc >= 0 ? proc : sys_open("/proc", O_PATH | O_DIRECTORY);
}

static int set_limit(const struct spec_run *run, int proc)
{
	/* One that exists by then: the last one, or the one that the locked mounts belong to. */
	bool last = could_raise(&run->confine) || could_unlock(run);
	int err = 0;

	if (run->ns.disable_userns)
		err = proc < 0 ? proc
			       : write_at(proc, "sys/user/max_user_namespaces", last ? "1" : "0");
	return err ? log_errno(err, "cannot disable user namespaces inside") : 0;
}

/* The same ids as in the one above. */
static int make_last(int proc)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[32];
	/* The mounts, too: the kernel locks them against who has less than their maker. */
	int err = unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? -errno : 0;

	(void)snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (!err)
		err = write_at(proc, "self/uid_map", map);
	if (!err)
		err = write_at(proc, "self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	if (!err)
		err = write_at(proc, "self/gid_map", map);
	return err ? log_errno(err, "cannot make the last user namespace") : 0;
}

int userns_seal(const struct spec_run *run, int proc)
{
	int err = set_limit(run, proc);

	if (!err && proc >= 0 && could_raise(&run->confine))
		err = make_last(proc);
	else if (!err && could_unlock(run))
		err = mounts_lock();
	if (proc >= 0)
		(void)close(proc);
	if (err || (!run->ns.disable_userns && !run->ns.assert_userns_disabled))
		return err;
	if (unshare(CLONE_NEWUSER) < 0)
		return 0;
	log_error("--%s: user namespaces can be made inside%s",
		  run->ns.disable_userns ? "disable-userns" : "assert-userns-disabled",
		  run->ns.disable_userns ? "" : " (--disable-userns prevents it)");
	return -EPERM;
}
