/* Reap everything, always. Two ways with the same guarantees:
 *
 * - wait4(2) on SIGCHLD, until there is nothing left: a standard signal stands for any number of
 *   children (signal(7)), and its siginfo may be that of a child long reaped;
 * - where the kernel keeps an exit status in the pidfd of a reaped process (Linux 6.15) and
 *   nobody wants orphans told or counted: SIGCHLD ignored, so orphans vanish without waking
 *   anybody, and the agent's end is read from its pidfd. After a signal other than SIGCHLD,
 *   the kernel is asked to tell of dead children all the same, until it does.
 */
#include "supervisor.h"

#include "log.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

/* Never called, as SIGCHLD is blocked. SIG_DFL would do for waiting, but it ignores SIGCHLD, so
 * sigaction(2) to it discards one that is pending. */
static void handler(int sig)
{
	(void)sig;
}

static const struct sys_sigaction disposition[] = {
	[REAP_WAIT] = { .handler = (uintptr_t)handler },
	[REAP_SILENT] = { .handler = (uintptr_t)SIG_IGN },
	[REAP_TOLD] = { .handler = (uintptr_t)handler, .flags = SA_NOCLDWAIT },
};

static void set_reaping(struct supervisor *s, enum reaping reaping)
{
	s->reaping = reaping;
	sys_sigaction(SIGCHLD, &disposition[reaping], NULL);
}

static uint64_t us_of(struct timeval tv)
{
	return (uint64_t)tv.tv_sec * 1000000 + (uint64_t)tv.tv_usec;
}

static void agent_gone(struct supervisor *s, int status, const struct rusage *usage)
{
	struct cradle_result *r = s->result;
	uint64_t lived = s->started_ms ? sys_now_ms() - s->started_ms : 0;

	r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	r->exit_code = r->signal ? -1 : WEXITSTATUS(status);
	r->core = r->signal && WCOREDUMP(status);
	r->code = r->signal ? CRADLE_EXIT_SIGNAL + r->signal : r->exit_code;
	if (s->config->success[r->code / 64 & 3] >> (r->code % 64) & 1)
		r->code = 0;
	r->wall_ms = lived;
	s->settles = false;
	if (usage) {
		r->user_us = us_of(usage->ru_utime);
		r->system_us = us_of(usage->ru_stime);
		r->maxrss_kb = (uint64_t)usage->ru_maxrss;
	}
	s->agent.pid = 0;
	if (s->agent.pidfd >= 0)
		(void)close(s->agent.pidfd);
	s->agent.pidfd = -1;
	if (lived > 10000)
		s->backoff_ms = 0;
	if (s->config->ended)
		s->config->ended(s->config->arg, r);
}

static void orphan_gone(struct supervisor *s, pid_t pid, int status)
{
	s->result->orphans++;
	if (!(s->config->flags & CRADLE_WARN_REAPED))
		return;
	if (WIFSIGNALED(status))
		log_warn("reaped orphan %d, killed by signal %d", (int)pid, WTERMSIG(status));
	else
		log_warn("reaped orphan %d, exit code %d", (int)pid, WEXITSTATUS(status));
}

/* The shell that we are a job of can only see that we stop: so do as the agent did. The
 * init of a PID namespace can't be stopped from inside; its launcher is in the same group and was
 * stopped by the terminal with the agent. */
static void stop_like_agent(struct supervisor *s)
{
	sys_stop_self();
	spawn_foreground(&s->agent);
	/* In our group it was continued with us, unless somebody meant us alone; or the next ^Z is
	 * there already, which would be pending with us, too. */
	if (s->agent.own_group)
		(void)sys_kill(-s->agent.pid, SIGCONT);
	else if (signals_agent_stopped(&s->agent) && !sys_is_pending(SIGTSTP))
		(void)sys_kill(s->agent.pid, SIGCONT);
}

static void on_stop(struct supervisor *s, int sig)
{
	if (s->config->stopped)
		s->config->stopped(s->config->arg, s->agent.pid, sig);
	else
		stop_like_agent(s);
}

/* Returns true when there is no child left. */
static bool drain(struct supervisor *s)
{
	/* __WALL: children that came through exec may have been cloned with another exit signal. */
	int options = WNOHANG | __WALL;
	struct rusage usage;
	int status;
	pid_t pid;

	if (s->config->stopped || (s->agent.terminal && !s->is_init))
		options |= WUNTRACED;
	for (;;) {
		pid = sys_wait4(-1, &status, options, &usage);
		if (pid == 0)
			return false;
		if (pid == -EINTR)
			continue;
		if (pid < 0)
			return pid == -ECHILD;
		if (WIFSTOPPED(status)) {
			if (pid == s->agent.pid)
				on_stop(s, WSTOPSIG(status));
		} else if (pid == s->agent.pid) {
			agent_gone(s, status, &usage);
		} else {
			orphan_gone(s, pid, status);
		}
	}
}

static const enum life_event gone_event[] = {
	[CRADLE_LEFTOVERS_KILL] = LIFE_GONE_KILL,
	[CRADLE_LEFTOVERS_TERM] = LIFE_GONE_TERM,
	[CRADLE_LEFTOVERS_WAIT] = LIFE_GONE_WAIT,
};

/* Returns false while the agent lives, or its end can't be read yet: its pidfd will tell. */
static bool agent_ended(struct supervisor *s)
{
	int status;

	if (s->agent.pid && s->agent.pidfd >= 0 &&
	    sys_pidfd_exit_status(s->agent.pidfd, &status) == 0)
		agent_gone(s, status, NULL);
	return !s->agent.pid;
}

void reap_all(struct supervisor *s)
{
	bool had_agent = s->agent.pid;
	uint64_t before = s->result->orphans;
	bool empty = drain(s);

	/* First the disposition, then the wait: whoever the wait sees alive must be heard of. */
	if (s->reaping != REAP_WAIT) {
		if (!agent_ended(s))
			return;
		reap_by_waiting(s);
		empty = drain(s);
	}
	if (!agent_ended(s))
		return;
	if (empty)
		pid1_event(s, LIFE_EMPTY);
	else if (had_agent || (s->state == LIFE_KILL && s->result->orphans != before))
		pid1_event(s, gone_event[s->config->leftovers]);
}

bool reap_by_kernel(const struct supervisor *s)
{
	unsigned flags = CRADLE_COUNT_ORPHANS | CRADLE_WARN_REAPED;

	return s->is_init && !(s->config->flags & flags) && !s->config->stopped &&
	       s->agent.pidfd >= 0 && sys_pidfd_keeps_exit(s->agent.pidfd);
}

void reap_start(struct supervisor *s)
{
	if (s->signal_fd >= 0 && reap_by_kernel(s)) {
		set_reaping(s, REAP_SILENT);
	} else if (s->agent.pidfd >= 0) {
		(void)close(s->agent.pidfd);
		s->agent.pidfd = -1;
	}
	s->result->counted = s->reaping == REAP_WAIT;
	/* What died before: zombies inherited through exec, and while SIGCHLD wasn't ignored yet.
	 */
	reap_all(s);
}

void reap_by_waiting(struct supervisor *s)
{
	if (s->reaping != REAP_WAIT)
		set_reaping(s, REAP_WAIT);
}

/* Silent, an orphan costs nothing, but a signal three calls: poll, fetch, send. */
void reap_expect_orphans(struct supervisor *s)
{
	if (s->reaping == REAP_TOLD)
		set_reaping(s, REAP_SILENT);
}

/* Told, a signal costs two calls, as the end of the agent is a signal like others. */
void reap_expect_signals(struct supervisor *s)
{
	struct pollfd agent = { .fd = s->agent.pidfd, .events = POLLIN };
	struct timespec now = { 0 };

	if (s->reaping != REAP_SILENT || s->watching)
		return;
	set_reaping(s, REAP_TOLD);
	/* It may have ended in silence just before. Its pidfd shows that earlier than its status
	 * can be read, so back to waiting for that. */
	if (sys_poll(&agent, 1, &now) != 0)
		reap_expect_orphans(s);
}
