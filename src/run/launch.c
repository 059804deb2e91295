/* Outside the namespaces. May resolve host paths, clone and relay; makes no mount and holds no
 * namespace open. */
#include "launch.h"

#include "log.h"
#include "relay.h"
#include "report.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 30000 };

struct clone_args3 { /* struct clone_args of <linux/sched.h>, first version (5.3) */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

/* parent: a pidfd of the launcher, opened before the clone. */
static void die_with(int parent)
{
	struct pollfd gone = { .fd = parent, .events = POLLIN };

	/* The parent may have died before prctl(2) took effect, and getppid() is 0 across PID
	 * namespaces whether it lives or not: the pidfd tells. KILL, as a namespace's init is
	 * killed by nothing else. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent >= 0 && poll(&gone, 1, 0) > 0)
		_exit(CRADLE_EXIT_FAILURE);
}

static const char *clone_fix(int err)
{
	switch (err) {
	case -EPERM:
		return " (user namespaces are refused here: see the sysctls "
		       "kernel.unprivileged_userns_clone and "
		       "kernel.apparmor_restrict_unprivileged_userns; in a chroot they never work)";
	case -ENOSPC:
		return " (too many: see the sysctls in /proc/sys/user)";
	case -ENOSYS:
		return " (this kernel, or a seccomp filter around us as in a container, has no "
		       "clone3)";
	default:
		return "";
	}
}

static pid_t clone_namespaces(void)
{
	struct clone_args3 args = { .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS |
					     CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
					     CLONE_NEWCGROUP,
				    .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

/* One life of the namespaces. Fills in *end; returns -errno if they couldn't be made. */
static int launch_once(struct spec *spec, launch_inside inside, struct relay_end *end)
{
	struct namespace_ids ids = { geteuid(), getegid() };
	int self = sys_pidfd_open(getpid());
	pid_t pid = clone_namespaces();

	if (pid == 0) {
		die_with(self);
		if (self >= 0)
			(void)close(self);
		inside(spec, ids);
		_exit(CRADLE_EXIT_FAILURE);
	}
	if (self >= 0)
		(void)close(self);
	if (pid < 0)
		return log_errno(pid, "cannot make namespaces%s", clone_fix(pid));
	if (!spec->run.again_on_reboot) {
		sys_close_above_2(spec->core.keep_fd, spec->core.nkeep_fd);
		(void)!chdir("/");
	}
	relay(pid, end);
	return 0;
}

/* What PID 1 couldn't report itself, as it was killed: by reboot(2), or by somebody's KILL. */
static void report_for(struct spec *spec, const struct relay_end *end)
{
	struct cradle_result result = { .code = end->code,
					.exit_code = -1,
					.signal = end->killed ? end->code - CRADLE_EXIT_SIGNAL : 0,
					.request = end->reboot,
					.request_signal = end->reboot ? REPORT_BY_REBOOT : 0,
					.wall_ms = end->wall_ms };

	report_write(spec, &result, ENDING_EXIT);
}

/* Between two lives that were short; returns false if somebody wants it to be the last. */
static bool pause_before_next(unsigned *pause_ms, uint64_t lived_ms)
{
	struct timespec left;
	siginfo_t info;

	*pause_ms = lived_ms > PAUSE_MAX_MS || !*pause_ms ? PAUSE_MIN_MS : *pause_ms * 2;
	if (*pause_ms > PAUSE_MAX_MS)
		*pause_ms = PAUSE_MAX_MS;
	left = (struct timespec){ *pause_ms / 1000, (long)(*pause_ms % 1000) * 1000000 };
	switch (sys_wait_signal(&info, &left)) {
	case SIGTERM:
	case SIGINT:
	case SIGHUP:
	case SIGQUIT:
		return false;
	default:
		return true;
	}
}

int launch(struct spec *spec, launch_inside inside)
{
	struct relay_end end;
	unsigned pause_ms = 0;
	int err;

	do {
		err = launch_once(spec, inside, &end);
		if (!err && end.reboot)
			log_info("the agent asked for %s by reboot(2)",
				 end.reboot == CRADLE_REQUEST_REBOOT ? "a restart" : "power-off");
	} while (!err && spec->run.again_on_reboot && end.reboot == CRADLE_REQUEST_REBOOT &&
		 !end.asked && pause_before_next(&pause_ms, end.wall_ms));
	if (err)
		return CRADLE_EXIT_FAILURE;
	if (end.reboot || end.killed)
		report_for(spec, &end);
	return end.code;
}
