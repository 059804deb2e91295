/* The launcher's loop. It holds no lock, descriptor or directory of the agent's. */
#include "relay.h"

#include "sys.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* A namespace's init is killed by KILL alone; the kernel uses HUP and INT to tell of reboot(2)
 * (kernel/pid_namespace.c: reboot_pid_ns), so they mean no signal here. */
static void fill_end(struct relay_end *end, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	end->reboot = sig == SIGHUP   ? CRADLE_REQUEST_REBOOT
		      : sig == SIGINT ? CRADLE_REQUEST_POWER_OFF
				      : CRADLE_REQUEST_NONE;
	end->killed = sig && !end->reboot;
	end->code = end->reboot ? 0 : sig ? CRADLE_EXIT_SIGNAL + sig : WEXITSTATUS(status);
}

/* The init and the agent are in our process group (see pid1/spawn.c), so what the kernel sends to
 * the foreground reaches them, too. The hang-up goes to a session's leader alone. */
static bool from_terminal(const siginfo_t *info)
{
	if (info->si_code != SI_KERNEL)
		return false;
	switch (info->si_signo) {
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGWINCH:
	case SIGCONT:
		return true;
	case SIGHUP:
		return getsid(0) != getpid();
	default:
		return false;
	}
}

static void on_signal(pid_t pid, siginfo_t *info)
{
	int sig = info->si_signo;
	bool stop = sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;

	if (!from_terminal(info))
		(void)sys_forward_signal(pid, sig, info);
	else if (stop)
		/* The agent was stopped by the terminal; our shell only sees us. */
		sys_stop_self();
}

static bool asks_for_end(int sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGQUIT || sig == SIGHUP ||
	       sig == SIGPWR || (sig >= 34 + 3 && sig <= 34 + 5);
}

/* Others may have come through exec: they are reaped, too. */
static bool is_gone(pid_t pid, int *status)
{
	int any;
	pid_t got;

	while ((got = waitpid(-1, &any, WNOHANG)) > 0) {
		if (got != pid)
			continue;
		*status = any;
		return true;
	}
	return got < 0 && errno == ECHILD;
}

void relay(pid_t pid, struct relay_end *end)
{
	uint64_t start = sys_now_ms();
	siginfo_t info;
	int status = 0;

	end->asked = false;
	while (!is_gone(pid, &status)) {
		if (sys_wait_signal(&info, NULL) < 0 ||
		    (info.si_signo == SIGCHLD && info.si_code > 0))
			continue;
		end->asked = end->asked || asks_for_end(info.si_signo);
		on_signal(pid, &info);
	}
	fill_end(end, status);
	end->wall_ms = sys_now_ms() - start;
}
