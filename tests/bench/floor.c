/* The floor: the least a supervisor can do. It blocks signals, forks, executes, then waits for a
 * signal and passes it on or reaps. No options, no messages, no restored dispositions: it isn't a
 * supervisor to use, but the price below which nobody gets with these calls.
 *
 * "-v" lends the child its memory (CLONE_VM, CLONE_VFORK) instead of copying the page tables.
 * "-a" ignores SIGCHLD, so that the kernel reaps by itself, and reads the agent's end from its
 * pidfd (PIDFD_GET_INFO, Linux 6.15). */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* <linux/pidfd.h> of Debian 12 is older than the ioctl. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
};
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#define PIDFD_INFO_EXIT (1UL << 3)
#define PIDFD_GET_INFO  _IOWR(0xFF, 11, struct pidfd_info)

static int status_to_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void become_agent(char **argv, const sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
	execv(argv[0], argv);
	_exit(127);
}

static int reap(pid_t agent)
{
	int status, code = -1;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == agent)
			code = status_to_code(status);
	return code;
}

struct start {
	char **argv;
	const sigset_t *old;
};

static int run(void *arg)
{
	const struct start *start = arg;

	become_agent(start->argv, start->old);
	return 127;
}

static pid_t start_borrowing(char **argv, const sigset_t *old)
{
	static char stack[4096] __attribute__((aligned(16)));
	struct start start = { argv, old };

	return clone(run, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
}

static pid_t start_copying(char **argv, const sigset_t *old)
{
	pid_t pid = fork();

	if (!pid)
		become_agent(argv, old);
	return pid;
}

static int supervise(pid_t agent, const sigset_t *all)
{
	siginfo_t info;
	int code = -1;

	while (code < 0) {
		int sig = sigtimedwait(all, &info, NULL);

		if (sig == SIGCHLD)
			code = reap(agent);
		else if (sig > 0)
			kill(agent, sig);
	}
	return code;
}

/* An ignored SIGCHLD wakes nobody, not even sigtimedwait(2): the agent's end has to come from its
 * pidfd, and the signals from a descriptor beside it. POLLIN says "exited", only POLLHUP, which
 * needs no asking, says "reaped, and the exit code is kept". */
static int supervise_unreaping(char **argv, const sigset_t *all, const sigset_t *old)
{
	struct pidfd_info end = { .mask = PIDFD_INFO_EXIT };
	struct pollfd fds[2] = { { .events = 0 }, { .events = POLLIN } };
	struct signalfd_siginfo info;

	signal(SIGCHLD, SIG_IGN);
	/* A pidfd opened after the fork could come too late: the agent may be gone already. */
	if (!syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, &fds[0].fd, NULL, NULL)) {
		signal(SIGCHLD, SIG_DFL);
		become_agent(argv, old);
	}
	fds[1].fd = signalfd(-1, all, SFD_CLOEXEC);
	while (poll(fds, 2, -1) > 0 && !fds[0].revents)
		if (read(fds[1].fd, &info, sizeof(info)) > 0)
			syscall(SYS_pidfd_send_signal, fds[0].fd, info.ssi_signo, NULL, 0);
	if (ioctl(fds[0].fd, PIDFD_GET_INFO, &end) || !(end.mask & PIDFD_INFO_EXIT))
		return 125;
	return status_to_code(end.exit_code);
}

int main(int argc, char **argv)
{
	sigset_t all, old;

	if (argc < 2)
		return 125;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (!strcmp(argv[1], "-a") && argc > 2)
		return supervise_unreaping(argv + 2, &all, &old);
	if (!strcmp(argv[1], "-v") && argc > 2)
		return supervise(start_borrowing(argv + 2, &old), &all);
	return supervise(start_copying(argv + 1, &old), &all);
}
