/* The launcher's loop. It holds no lock, descriptor or directory of the agent's. */
#include "relay.h"

#include "log.h"
#include "name.h"
#include "status.h"
#include "sys.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is waited for; the terminal's descriptors come after it. */
enum { ON_SIGNAL, ON_STATUS, ON_PARENT, ON_NETWORK, ON_BLOCK, ON_EXEC, ON_NAME, FIXED };

/* A namespace's init is killed by KILL alone; the kernel uses HUP and INT to tell of reboot(2)
 * (kernel/pid_namespace.c: reboot_pid_ns), so they mean no signal here. */
static void fill_end(struct relay *r, struct relay_end *end, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (r->is_init)
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
	return sys_is_from_terminal(info) && (info->si_signo != SIGHUP || getsid(0) != getpid());
}

static bool asks_for_end(int sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGQUIT || sig == SIGHUP ||
	       sig == SIGPWR || (sig >= 34 + 3 && sig <= 34 + 5);
}

/* The host's terminal doesn't reach another session. */
static void stop_with_agent(struct relay *r, siginfo_t *info)
{
	(void)sys_forward_signal(r->pid, info->si_signo, info);
	(void)sys_stop_self();
	(void)sys_kill(r->pid, SIGCONT);
}

static void on_signal(struct relay *r, siginfo_t *info)
{
	int sig = info->si_signo;
	bool stop = sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;

	if (sig == SIGCHLD && info->si_code > 0)
		return;
	r->end.asked = r->end.asked || asks_for_end(sig);
	if (terminal_signal(&r->terminal, info))
		return;
	if (r->apart && stop && from_terminal(info))
		stop_with_agent(r, info);
	else if (r->apart || !from_terminal(info))
		(void)sys_forward_signal(r->pid, sig, info);
	else if (stop)
		/* The agent was stopped by the terminal; our shell only sees us. */
		(void)sys_stop_self();
}

static void on_stopped(struct relay *r, const struct status_message *message)
{
	struct status_message answer = { .type = STATUS_CONTINUE, .agent = message->agent };
	enum terminal_go go = terminal_stopped(&r->terminal, message->signal);

	answer.foreground = go == TERMINAL_GO_ON_IN_FRONT;
	if (go != TERMINAL_STAY)
		(void)status_send(r->status, &answer, -1);
}

/* Still others may have come through exec: they are reaped, too. Returns true once ours is gone. */
static bool is_gone(struct relay *r)
{
	int status;
	pid_t got;

	while ((got = waitpid(-1, &status, WNOHANG)) > 0) {
		if (got == r->other) {
			r->other = 0;
			r->other_status = status;
		}
		if (got != r->pid)
			continue;
		fill_end(r, &r->end, status);
		return true;
	}
	return got < 0 && errno == ECHILD;
}

static void on_status(struct relay *r)
{
	struct status_message message;
	int fd, err = status_receive(r->status, &message, &fd);

	if (err) {
		/* It is dead, or has executed the agent itself. */
		(void)close(r->status);
		r->status = -1;
		r->gone = is_gone(r);
		return;
	}
	if (message.type == STATUS_RESULT) {
		r->end.code = message.result.code;
		r->end.result = message.result;
		r->end.not_enforced = message.not_enforced;
		r->end.told = true;
	} else if (message.type == STATUS_TERMINAL && fd >= 0) {
		(void)terminal_start(&r->terminal, fd, r->shared);
	} else if (message.type == STATUS_STOPPED) {
		on_stopped(r, &message);
	}
}

/* Everybody, at once. */
static void end_all(struct relay *r)
{
	if (r->walled && r->status >= 0)
		(void)shutdown(r->status, SHUT_WR);
	else
		(void)sys_kill(r->pid, SIGKILL);
}

static void on_network(struct relay *r)
{
	log_error("the sandbox is ended: pasta, which was its network, has gone");
	r->network = -1;
	r->end.lost = true;
	(void)sys_kill(r->pid, SIGKILL);
}

/* First it's asked, as by anybody; who is stopped doesn't hear that. Then its init is killed. */
static void on_time(struct relay *r)
{
	if (r->end.time_up) {
		end_all(r);
		r->until = 0;
		return;
	}
	r->end.time_up = true;
	r->until += r->patience_ms;
	(void)sys_kill(r->pid, SIGTERM);
	(void)sys_kill(r->pid, SIGCONT);
}

/* The ids are mapped by now: whoever was to do it wrote something, or is gone. */
static void go_on(struct relay *r)
{
	char byte;

	(void)!read(r->block, &byte, 1);
	(void)close(r->block);
	r->block = -1;
	(void)relay_go(r);
}

int relay_go(const struct relay *r)
{
	static const struct status_message go = { .type = STATUS_GO };

	return status_send(r->status, &go, -1);
}

static void turn(struct relay *r)
{
	static const struct timespec now;
	struct timespec left;
	struct pollfd fds[FIXED + TERMINAL_FDS] = {
		[ON_SIGNAL] = { .fd = r->signals, .events = POLLIN },
		[ON_STATUS] = { .fd = r->status, .events = POLLIN },
		[ON_PARENT] = { .fd = r->parent, .events = POLLIN },
		[ON_NETWORK] = { .fd = r->network, .events = POLLIN },
		[ON_BLOCK] = { .fd = r->block, .events = POLLIN },
		[ON_EXEC] = { .fd = r->events.exec, .events = POLLIN },
		[ON_NAME] = { .fd = r->name, .events = POLLIN },
	};
	unsigned n = terminal_poll(&r->terminal, fds + FIXED);
	siginfo_t info;
	int ready = sys_poll(fds, FIXED + n, sys_time_left(r->until, &left));

	if (ready == 0)
		on_time(r);
	if (ready <= 0)
		return;
	/* The result first: what else there is doesn't matter after it. */
	if (fds[ON_STATUS].revents) {
		on_status(r);
		return;
	}
	terminal_ready(&r->terminal, fds + FIXED, n);
	if (fds[ON_PARENT].revents)
		end_all(r);
	if (fds[ON_NETWORK].revents)
		on_network(r);
	if (fds[ON_BLOCK].revents)
		go_on(r);
	if (fds[ON_EXEC].revents)
		events_exec(&r->events);
	if (fds[ON_NAME].revents)
		name_answer(r->name, r->pid);
	if (fds[ON_SIGNAL].revents && sys_wait_signal(&info, &now) > 0) {
		if (info.si_signo == SIGCHLD)
			r->gone = is_gone(r);
		on_signal(r, &info);
	}
}

void relay_init(struct relay *r)
{
	r->status = r->parent = r->name = r->network = -1;
	r->signals = r->block = r->events.exec = -1;
}

int relay(struct relay *r)
{
	static const uint64_t all = SIGSET_ALL;
	uint64_t start = r->timed ? sys_now_ms() : 0;

	/* Kept over all lives. */
	if (r->signals < 0)
		r->signals = (int)syscall(SYS_signalfd4, -1, &all, sizeof(all), SFD_CLOEXEC);
	if (r->signals < 0)
		return log_errno(-errno, "cannot wait for signals");
	while (!r->gone && !r->end.told)
		turn(r);
	terminal_finish(&r->terminal);
	if (r->timed)
		r->end.wall_ms = sys_now_ms() - start;
	return 0;
}

void relay_wait(struct relay *r)
{
	while (!r->gone && waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
	r->gone = true;
}
