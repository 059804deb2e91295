/* Find a process of a sandbox. May look into /proc and open pidfds.
 *
 * PID 1 itself is closed to its owner, as it isn't dumpable (ptrace(2)), so it is one of its
 * children that is taken: a descriptor of it first, then it is seen that the number still means
 * the same. */
#include "target.h"

#include "log.h"
#include "name.h"
#include "namespaces.h"
#include "number.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHILDREN = 64, TEXT = 1024, TRIES = 50, PAUSE_MS = 10 };

typedef int (*enter_fn)(const struct target *target, void *arg);

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* -1: it may not be looked at; else whether it shares this one with us. */
static int shares(int proc, enum ns_kind kind)
{
	char name[16], ours_name[48];
	struct stat ours, theirs;

	(void)snprintf(name, sizeof(name), "ns/%s", ns_name(kind));
	(void)snprintf(ours_name, sizeof(ours_name), "/proc/self/%s", name);
	if (fstatat(proc, name, &theirs, 0) < 0 || stat(ours_name, &ours) < 0)
		return -1;
	return same(&ours, &theirs);
}

static int open_proc(pid_t pid)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int shares_of(pid_t pid, enum ns_kind kind)
{
	int proc = open_proc(pid), shared = proc < 0 ? -1 : shares(proc, kind);

	if (proc >= 0)
		(void)close(proc);
	return shared;
}

/* Numbers, apart by blanks. */
static unsigned read_numbers(const char *text, pid_t *pids, unsigned room)
{
	unsigned n = 0;
	char *stop;

	for (long pid = strtol(text, &stop, 10); stop != text && n < room;
	     pid = strtol(text, &stop, 10)) {
		pids[n++] = (pid_t)pid;
		text = stop;
	}
	return n;
}

static unsigned children_of(pid_t pid, pid_t children[CHILDREN])
{
	char path[48], text[TEXT];

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	if (sys_read_file(path, text, sizeof(text)) < 0)
		return 0;
	return read_numbers(text, children, CHILDREN);
}

/* The PID 1 of a PID namespace below ours (proc(5), NSpid). */
static bool is_init(pid_t pid)
{
	char path[32], text[4096];
	const char *at;
	pid_t pids[32];
	unsigned n;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (sys_read_file(path, text, sizeof(text)) < 0)
		return false;
	at = strstr(text, "\nNSpid:");
	n = at ? read_numbers(at + 7, pids, 32) : 0;
	return n > 1 && pids[n - 1] == 1;
}

static bool is_child(pid_t pid, pid_t parent)
{
	pid_t children[CHILDREN];
	unsigned n = children_of(parent, children);

	for (unsigned i = 0; i < n; i++) {
		if (children[i] == pid)
			return true;
	}
	return false;
}

/* An agent can make user namespaces in turn, and in them whatever it wants to be found there. */
static bool is_made_from_here(int proc)
{
	struct stat ours, theirs;
	int fd = openat(proc, "ns/user", O_RDONLY | O_CLOEXEC), parent;
	bool good;

	if (fd < 0 || fstat(fd, &theirs) < 0 || stat("/proc/self/ns/user", &ours) < 0) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	parent = ioctl(fd, NS_GET_PARENT);
	good = same(&ours, &theirs) ||
	       (parent >= 0 && fstat(parent, &theirs) == 0 && same(&ours, &theirs));
	(void)close(fd);
	if (parent >= 0)
		(void)close(parent);
	return good;
}

static int flags_of(int proc)
{
	int flags = 0;

	for (unsigned i = 0; i < NS_KINDS; i++) {
		int shared = shares(proc, i);

		if (shared < 0)
			return -EACCES;
		flags |= shared ? 0 : (int)ns_flag(i);
	}
	return flags;
}

/* Our own program, which before it has executed an agent may still be among the host's mounts. */
static bool is_being_made(int proc)
{
	struct stat ours, theirs;

	return stat("/proc/self/exe", &ours) < 0 || fstatat(proc, "exe", &theirs, 0) < 0 ||
	       same(&ours, &theirs);
}

/* parent: whose child it must be; 0: anybody's. -EAGAIN: another may do. */
static int try(pid_t pid, pid_t parent, enter_fn enter, void *arg)
{
	struct target target = { .pid = pid, .pidfd = sys_pidfd_open(pid), .proc = open_proc(pid) };
	int err = -EAGAIN;

	if (target.pidfd >= 0 && target.proc >= 0 &&
	    (parent ? is_child(pid, parent) && is_made_from_here(target.proc)
		    : !is_being_made(target.proc))) {
		target.flags = flags_of(target.proc);
		err = target.flags < 0 ? -EAGAIN : enter(&target, arg);
	}
	if (target.pidfd >= 0)
		(void)close(target.pidfd);
	if (target.proc >= 0)
		(void)close(target.proc);
	return err;
}

static int try_sandbox(pid_t init, enter_fn enter, void *arg)
{
	pid_t children[CHILDREN];
	unsigned n = is_init(init) ? children_of(init, children) : 0;
	int err = -EAGAIN;

	for (unsigned i = 0; i < n && err == -EAGAIN; i++)
		err = try(children[i], init, enter, arg);
	if (err == -EAGAIN)
		err = try(init, 0, enter, arg);
	return err;
}

/* A launcher sees the host's mounts; below it are the sandbox, and helpers. */
static pid_t find_sandbox(pid_t pid)
{
	pid_t children[CHILDREN];
	unsigned n;

	if (shares_of(pid, NS_MNT) != 1)
		return pid;
	n = children_of(pid, children);
	for (unsigned i = 0; i < n; i++) {
		if (is_init(children[i]))
			return children[i];
	}
	for (unsigned i = 0; i < n; i++) {
		if (shares_of(children[i], NS_MNT) == 0)
			return children[i];
	}
	return pid;
}

int target_each(const char *who, enter_fn enter, void *arg)
{
	struct pollfd gone = { .fd = -1, .events = POLLIN };
	uint64_t number;
	pid_t pid;
	int err = -ESRCH;

	if (util_number(who, INT32_MAX, &number)) {
		pid = find_sandbox((pid_t)number);
	} else {
		gone.fd = name_find(who);
		if (gone.fd < 0)
			return gone.fd;
		pid = number_of_pidfd(gone.fd);
	}
	/* One that has only just begun has no agent yet. */
	for (unsigned i = 0; i < TRIES; i++) {
		err = pid > 0 && sys_kill(pid, 0) != -ESRCH ? try_sandbox(pid, enter, arg) : -ESRCH;
		if (err != -EAGAIN || poll(&gone, 1, PAUSE_MS) > 0)
			break;
	}
	if (gone.fd >= 0)
		(void)close(gone.fd);
	if (err == -ESRCH)
		return log_errno(err, "cannot enter %s", who);
	if (err == -EAGAIN)
		log_error("cannot enter %s: none of its processes may be looked at (only their "
			  "user may, if they are dumpable and no cradle, or root)",
			  who);
	return err == -EAGAIN ? -EACCES : err;
}
