/* The namespaces and what is done in them, tried. All of it happens in children that end before the
 * answer is told; what they mount goes with their mount namespace. */
#include "check.h"

#include "namespaces.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_REACHED = 1, NTRIALS = 11 };

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define KEYCTL_JOIN_SESSION_KEYRING 1

/* What the children tell. */
struct shared {
	uint64_t flags; /* to be made */
	uid_t uid;
	gid_t gid;
	int trial[NTRIALS];
};

static int try_maps(const struct shared *shared)
{
	char map[48];
	int err = sys_write_file("/proc/self/setgroups", "deny");

	(void)snprintf(map, sizeof(map), "%u %u 1", shared->uid, shared->uid);
	if (!err)
		err = sys_write_file("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "%u %u 1", shared->gid, shared->gid);
	return err ? err : sys_write_file("/proc/self/gid_map", map);
}

/* Attached, as security modules look at that, and over /, as every tree has one. */
static int attach(int mount)
{
	int err = syscall(SYS_move_mount, mount, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0
			  ? -errno
			  : 0;

	(void)close(mount);
	return err;
}

/* options: pairs of key and value. Returns a descriptor of the mount, not attached. */
static int make(const char *type, const char *const *options)
{
	int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	int mount = fs;

	for (; fs >= 0 && mount >= 0 && options && *options; options += 2)
		mount = (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, options[0], options[1],
				     0);
	if (mount >= 0)
		mount = (int)syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (mount >= 0)
		mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mount < 0)
		mount = -errno;
	if (fs >= 0)
		(void)close(fs);
	return mount;
}

static int try_type(const char *type, const char *const *options)
{
	int mount = make(type, options);

	return mount < 0 ? mount : attach(mount);
}

static int try_tmpfs(const struct shared *shared)
{
	(void)shared;
	return try_type("tmpfs", NULL);
}

static int try_proc(const struct shared *shared)
{
	(void)shared;
	return try_type("proc", NULL);
}

static int try_devpts(const struct shared *shared)
{
	static const char *const options[] = { "ptmxmode", "0666", "mode", "0620", NULL };

	(void)shared;
	return try_type("devpts", options);
}

static int try_mqueue(const struct shared *shared)
{
	(void)shared;
	return try_type("mqueue", NULL);
}

static int try_sysfs(const struct shared *shared)
{
	(void)shared;
	return try_type("sysfs", NULL);
}

static int try_overlay(const struct shared *shared)
{
	static const char *const options[] = { "lowerdir", "l", "upperdir", "u",
					       "workdir",  "w", NULL };
	int tmpfs = make("tmpfs", NULL);
	int where, err;

	(void)shared;
	if (tmpfs < 0)
		return tmpfs;
	where = fcntl(tmpfs, F_DUPFD_CLOEXEC, 3);
	/* Older kernels want layers that are attached. */
	err = attach(tmpfs);
	if (!err && (fchdir(where) < 0 || mkdir("l", 0700) < 0 || mkdir("u", 0700) < 0 ||
		     mkdir("w", 0700) < 0))
		err = -errno;
	(void)close(where);
	return err ? err : try_type("overlay", options);
}

static int try_readonly(const struct shared *shared)
{
	struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/",
				OPEN_TREE_CLONE | AT_RECURSIVE | O_CLOEXEC);

	(void)shared;
	if (tree < 0)
		return -errno;
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &readonly,
		    sizeof(readonly)) < 0) {
		int err = -errno;

		(void)close(tree);
		return err;
	}
	return attach(tree);
}

static int try_loopback(const struct shared *shared)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	(void)shared;
	if (sock < 0)
		return -errno;
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(sock, SIOCSIFFLAGS, &ifr) < 0)
		err = -errno;
	(void)close(sock);
	return err;
}

static int try_keyring(const struct shared *shared)
{
	(void)shared;
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ? -errno : 0;
}

static int try_hostname(const struct shared *shared)
{
	(void)shared;
	return sethostname("cradle", 6) < 0 ? -errno : 0;
}

/* In this order, in one child with all namespaces. */
static const struct {
	char name[24];
	int (*run)(const struct shared *shared);
	enum check_status otherwise;
	enum why_step step;
} trials[NTRIALS] = {
	{ "id maps", try_maps, CHECK_FAIL, WHY_MAP },
	{ "recursive read-only", try_readonly, CHECK_FAIL, WHY_MOUNT },
	{ "fresh /proc", try_proc, CHECK_FAIL, WHY_PROC },
	{ "tmpfs", try_tmpfs, CHECK_FAIL, WHY_MOUNT },
	{ "devpts", try_devpts, CHECK_FAIL, WHY_MOUNT },
	{ "loopback", try_loopback, CHECK_FAIL, WHY_OTHER },
	{ "hostname", try_hostname, CHECK_WARN, WHY_OTHER },
	{ "session keyring", try_keyring, CHECK_WARN, WHY_OTHER },
	{ "overlay", try_overlay, CHECK_WARN, WHY_MOUNT },
	{ "mqueue", try_mqueue, CHECK_WARN, WHY_MOUNT },
	{ "sysfs", try_sysfs, CHECK_WARN, WHY_SYS },
};

static _Noreturn void inside(struct shared *shared, bool all)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; all && i < NTRIALS; i++)
		shared->trial[i] = trials[i].run(shared);
	_exit(0);
}

static pid_t clone_with(struct shared *shared)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	} args = { .flags = shared->flags, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	/* In clone(2) the bit of a time namespace belongs to the signal. */
	if (pid < 0 && errno == ENOSYS && !(shared->flags & CLONE_NEWTIME))
		return sys_clone(shared->flags | SIGCHLD, NULL);
	return pid < 0 ? -errno : (pid_t)pid;
}

/* In a child already, so that a filter that kills leaves the doctor alive. */
static int clone_and_try(void *arg)
{
	struct shared *shared = arg;
	bool all = shared->flags & CLONE_NEWPID && shared->flags & CLONE_NEWNET;
	pid_t pid = clone_with(shared);
	int status;

	if (pid == 0)
		inside(shared, all);
	if (pid < 0)
		return pid;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int try_clone(struct shared *shared, uint64_t flags)
{
	shared->flags = flags;
	for (size_t i = 0; i < NTRIALS; i++)
		shared->trial[i] = NOT_REACHED;
	return check_in_child(clone_and_try, shared);
}

static const char *whole_name(const char *name)
{
	return !strcmp(name, "mnt") ? "mount" : !strcmp(name, "net") ? "network" : name;
}

/* Returns whether all are there that the default sandbox takes. */
static bool check_singly(struct doctor *doctor, struct shared *shared)
{
	bool all = true;
	char name[32];

	for (unsigned i = 0; i < NS_KINDS; i++) {
		uint64_t flag = ns_flag(i);
		int err = try_clone(shared, CLONE_NEWUSER | flag);

		(void)snprintf(name, sizeof(name), "%s namespaces", whole_name(ns_name(i)));
		/* A try of one tells of this one, as user namespaces come first. */
		check_step(doctor, name, flag == CLONE_NEWTIME ? CHECK_WARN : CHECK_FAIL, WHY_CLONE,
			   err, flag);
		all = all && (!err || flag == CLONE_NEWTIME);
		if (flag == CLONE_NEWUSER)
			doctor->userns = !err;
		if (!doctor->userns)
			return false;
	}
	return all;
}

static void check_trials(struct doctor *doctor, const struct shared *shared)
{
	for (size_t i = 0; i < NTRIALS; i++) {
		int err = shared->trial[i];

		check_step(doctor, trials[i].name, trials[i].otherwise, trials[i].step,
			   err == NOT_REACHED ? CHECK_KILLED : err, 0);
		/* What comes after wasn't tried. */
		if (err == NOT_REACHED)
			return;
	}
}

void check_namespaces(struct doctor *doctor)
{
	const uint64_t flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
			       CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
	struct shared *shared = check_shared(sizeof(*shared));
	int err;

	if (!shared) {
		check_tell(doctor, "user namespaces", CHECK_FAIL, -ENOMEM, NULL, NULL);
		return;
	}
	shared->uid = geteuid();
	shared->gid = getegid();
	if (!check_singly(doctor, shared))
		return;
	err = try_clone(shared, flags);
	check_step(doctor, "all namespaces at once", CHECK_FAIL, WHY_CLONE, err, flags);
	if (!err)
		check_trials(doctor, shared);
}
