/* The supervisor's loop. After the fork: no allocation, no stdio, no timer unless somebody waits.
 *
 * It sleeps in one system call. Signals are blocked and fetched, never handled: the kernel
 * drops no blocked signal, not even for an init whose disposition is the default (sig_ignored()
 * in kernel/signal.c), and a handler would need no less care than this loop.
 */
#include "supervisor.h"

#include "log.h"
#include "util.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WATCH_MAX      8
#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 30000
#define INTERRUPT_MS   2000
#define SETTLE_MS      100

static struct inherited early;
static bool early_done;

void cradle_block_signals(void)
{
	static const struct sys_sigaction dfl = { .handler = (uintptr_t)SIG_DFL };

	if (early_done)
		return;
	early_done = true;
	sys_sigmask(SIGSET_ALL, &early.mask);
	/* Ignored, the kernel would reap the agent with its exit status; exec keeps that. */
	sys_sigaction(SIGCHLD, &dfl, &early.child);
}

static void set_clock(struct supervisor *s, enum life_clock clock)
{
	const struct cradle_config *config = s->config;
	unsigned ms = 0;

	switch (clock) {
	case LIFE_KEEP:
		return;
	case LIFE_OFF:
		break;
	case LIFE_GRACE:
		ms = config->grace_ms ? config->grace_ms : CRADLE_GRACE_MS;
		break;
	case LIFE_DEADLINE:
		ms = config->deadline_ms ? config->deadline_ms : CRADLE_DEADLINE_MS;
		break;
	case LIFE_PATIENCE:
		ms = config->deadline_ms;
		break;
	}
	s->alarm_ms = ms ? sys_now_ms() + ms : 0;
}

/* TERM and INT mean "stop" to every program, so the agent gets them as they came; nobody
 * handles PWR or RTMIN+4, which are meant for an init. */
static int stop_signal(const struct supervisor *s)
{
	int sig = s->result->request_signal;

	if (s->config->stop_signal)
		return s->config->stop_signal;
	return signals_rewrite(s->config, sig == SIGINT ? SIGINT : SIGTERM);
}

static void act(struct supervisor *s, enum life_action action)
{
	switch (action) {
	case LIFE_NOTHING:
	case LIFE_START:
		break;
	case LIFE_SIGNAL_AGENT:
		signals_send(s, stop_signal(s), NULL);
		signals_send(s, SIGCONT, NULL);
		break;
	case LIFE_TERM_ALL:
		signals_send_all(s, SIGTERM, NULL);
		signals_send_all(s, SIGCONT, NULL);
		break;
	case LIFE_KILL_ALL:
		signals_send_all(s, SIGKILL, NULL);
		break;
	}
}

static bool restart_wanted(const struct supervisor *s)
{
	unsigned flag = s->result->code ? CRADLE_RESTART_FAILURE : CRADLE_RESTART_SUCCESS;

	/* Who pressed ^C, or hung up, wants an end even if the agent gave it a code of its own. */
	if (s->agent.terminal &&
	    (s->result->signal == SIGINT || s->result->signal == SIGQUIT ||
	     s->result->signal == SIGHUP ||
	     (s->interrupted_ms && sys_now_ms() - s->interrupted_ms < INTERRUPT_MS)))
		return false;
	return (s->config->flags & flag) && s->result->request == CRADLE_REQUEST_NONE;
}

static void pause_before_start(struct supervisor *s)
{
	s->backoff_ms = s->backoff_ms ? s->backoff_ms * 2 : BACKOFF_MIN_MS;
	if (s->backoff_ms > BACKOFF_MAX_MS)
		s->backoff_ms = BACKOFF_MAX_MS;
	s->alarm_ms = sys_now_ms() + s->backoff_ms;
	s->state = LIFE_PAUSE;
}

void pid1_event(struct supervisor *s, enum life_event event)
{
	struct life_step step = life_step(s->state, event);

	/* Everybody who remains must show up in wait(2) from here on. */
	if (step.next != LIFE_RUN)
		reap_by_waiting(s);
	s->state = step.next;
	set_clock(s, step.clock);
	act(s, step.action);
	if (event == LIFE_TIMER && s->state == LIFE_END)
		s->result->leftovers = signals_count_descendants();
	if (s->state == LIFE_END && restart_wanted(s))
		pause_before_start(s);
}

static void request(struct supervisor *s, enum cradle_request what, int sig, pid_t pid)
{
	/* The first one tells what it is to be; the next ones only hurry. */
	if (s->result->request == CRADLE_REQUEST_NONE) {
		s->result->request = what;
		s->result->request_signal = sig;
		s->result->request_pid = pid;
	}
	pid1_event(s, LIFE_REQUEST);
	reap_all(s);
}

static bool ends_jobs(int sig)
{
	return sig == SIGINT || sig == SIGQUIT || sig == SIGHUP || sig == SIGTERM;
}

static void pass_on(struct supervisor *s, siginfo_t *info)
{
	int sig = signals_rewrite(s->config, info->si_signo);

	if (signals_delivered(s, info)) {
		if (ends_jobs(info->si_signo))
			s->interrupted_ms = sys_now_ms();
	} else if (sig) {
		signals_send(s, sig, info);
	}
}

static void on_signal(struct supervisor *s, siginfo_t *info)
{
	int sig = info->si_signo;
	enum cradle_request what = s->config->request[sig];

	/* One sent by hand may have swallowed the kernel's: both are pending only once. */
	if (sig == SIGCHLD) {
		reap_all(s);
		reap_expect_orphans(s);
	} else {
		reap_expect_signals(s);
	}
	if (sig == SIGCHLD && info->si_code > 0)
		return;
	/* With no agent to get it, what ends a job ends the restarting. */
	if (s->state == LIFE_PAUSE && ends_jobs(sig) && what == CRADLE_REQUEST_NONE)
		what = CRADLE_REQUEST_STOP;
	if (what == CRADLE_REQUEST_NONE)
		pass_on(s, info);
	else
		request(s, what, sig, info->si_code > 0 ? 0 : info->si_pid);
}

/* Settling needs no clock: it comes after a while without any event. */
static struct timespec *time_left(const struct supervisor *s, struct timespec *ts)
{
	if (!s->settles || s->alarm_ms)
		return sys_time_left(s->alarm_ms, ts);
	*ts = (struct timespec){ .tv_nsec = SETTLE_MS * 1000000L };
	return ts;
}

static unsigned gather_fds(const struct supervisor *s, struct pollfd *fds)
{
	unsigned n = 0;

	fds[n++] = (struct pollfd){ .fd = s->signal_fd, .events = POLLIN };
	/* Only POLLHUP, when it has been reaped: at POLLIN the status may not be there yet. */
	fds[n++] = (struct pollfd){ .fd = s->agent.pidfd };
	for (unsigned i = 0; i < s->config->nwatch && i < WATCH_MAX; i++) {
		bool good = s->watching >> i & 1;

		fds[n++] = (struct pollfd){ .fd = good ? s->config->watch[i].fd : -1,
					    .events = POLLIN };
	}
	return n;
}

/* Wait for descriptors as well as signals. Returns 0 when a signal is there to be fetched. */
static int wait_fds(struct supervisor *s, struct timespec *timeout)
{
	struct pollfd fds[2 + WATCH_MAX];
	unsigned n = gather_fds(s, fds);

	if (sys_poll(fds, n, timeout) <= 0)
		return -EAGAIN;
	if (fds[1].revents) {
		reap_by_waiting(s);
		reap_all(s);
	}
	for (unsigned i = 2; i < n; i++) {
		int what = fds[i].revents ? s->config->watch[i - 2].event(fds[i].fd) : 0;

		if (what < 0)
			s->watching &= ~(1U << (i - 2));
		else if (what)
			request(s, (enum cradle_request)what, 0, 0);
	}
	return fds[0].revents ? 0 : -EAGAIN;
}

/* What only pays for those who stay. */
static void settle(struct supervisor *s)
{
	static const uint64_t all = SIGSET_ALL;

	/* Not reaped before we say so: the number is still the agent's. */
	if ((s->config->flags & CRADLE_SETTLE_LATE) && s->agent.pid && s->agent.pidfd < 0)
		s->agent.pidfd = sys_pidfd_open(s->agent.pid);
	s->settles = false;
	/* Without it there is only waiting for signals, which is all that is needed at least. */
	if (s->signal_fd < 0 && (s->watching || reap_by_kernel(s)))
		s->signal_fd = (int)syscall(SYS_signalfd4, -1, &all, sizeof(all), SFD_CLOEXEC);
	reap_start(s);
	spawn_trim();
	if (s->config->settled)
		s->config->settled(s->config->arg);
	memory_trim();
}

static void turn(struct supervisor *s)
{
	static const struct timespec now;
	struct timespec left, *timeout = time_left(s, &left);
	siginfo_t info;
	int sig = 0;

	if (s->signal_fd < 0 || s->reaping == REAP_TOLD)
		sig = sys_wait_signal(&info, timeout);
	else if (wait_fds(s, timeout) == 0)
		sig = sys_wait_signal(&info, &now);
	if (sig > 0)
		on_signal(s, &info);
	else if (s->settles && s->state == LIFE_RUN)
		settle(s);
	if (s->alarm_ms && sys_now_ms() >= s->alarm_ms) {
		s->alarm_ms = 0;
		pid1_event(s, LIFE_TIMER);
	}
}

/* Pin nothing that belongs to the agent or its file systems: descriptors, directory. */
static void let_go(struct supervisor *s)
{
	const struct cradle_config *config = s->config;
	int keep[CRADLE_KEEP_MAX + WATCH_MAX + 1];
	unsigned n = 0;

	/* An agent that may be started again needs both again. */
	if (config->flags & (CRADLE_RESTART_SUCCESS | CRADLE_RESTART_FAILURE)) {
		s->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		/* Not even to be opened, as it can't be searched: then it stays ours. */
		if (s->cwd >= 0)
			(void)!chdir("/");
		return;
	}
	for (unsigned i = 0; i < config->nkeep_fd; i++)
		keep[n++] = config->keep_fd[i];
	for (unsigned i = 0; i < config->nwatch && i < WATCH_MAX; i++)
		keep[n++] = config->watch[i].fd;
	if (s->agent.pidfd >= 0)
		keep[n++] = s->agent.pidfd;
	util_sort(keep, n);
	sys_close_above_2(keep, n);
	(void)!chdir("/");
}

/* How long the agent lived is for those who report or restart. */
static bool is_timed(const struct supervisor *s)
{
	return !(s->config->flags & CRADLE_SETTLE_LATE) ||
	       (s->config->flags &
		(CRADLE_COUNT_ORPHANS | CRADLE_RESTART_SUCCESS | CRADLE_RESTART_FAILURE));
}

/* The kernel named this process after the file that was executed. */
static bool is_called(const char *name)
{
	const char *file = (const char *)getauxval(AT_EXECFN);

	return file && !strcmp(util_basename(file), name);
}

/* 0 in the supervisor, 1 in an agent without argv, -errno. */
static int start(struct supervisor *s)
{
	int ret = spawn_agent(s);

	if (ret)
		return ret;
	s->started_ms = is_timed(s) ? sys_now_ms() : 0;
	/* Not at a restart: by then there is nothing but our own. */
	if (!s->result->restarts)
		let_go(s);
	/* cradle_shutdown() knows a cradle by this, whatever the executable is called. */
	if (s->is_init && !is_called("cradle"))
		(void)prctl(PR_SET_NAME, "cradle");
	/* Whoever dies is heard of: a process that is this fresh has no children from before. */
	s->settles =
		(s->config->flags & CRADLE_SETTLE_LATE) && !s->watching && !s->result->restarts;
	s->result->counted = true;
	if (!s->settles)
		settle(s);
	return 0;
}

static int start_again(struct supervisor *s)
{
	int ret;

	s->result->restarts++;
	spawn_take_foreground_back(&s->agent);
	ret = start(s);
	if (ret >= 0)
		return ret;
	/* No memory or no pids: that passes, and giving up would end the world. */
	(void)log_errno(ret, "cannot fork the agent again");
	pause_before_start(s);
	return 0;
}

static void init(struct supervisor *s, const struct cradle_config *config,
		 struct cradle_result *result)
{
	*result = (struct cradle_result){ .code = CRADLE_EXIT_FAILURE, .exit_code = -1 };
	*s = (struct supervisor){ .config = config,
				  .result = result,
				  .signal_fd = -1,
				  .cwd = -1,
				  .watching = (1U << config->nwatch) - 1,
				  .is_init = getpid() == 1 };
	cradle_block_signals();
	s->inherited = early;
	if (!s->is_init)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int cradle_supervise(const struct cradle_config *config, struct cradle_result *result)
{
	struct supervisor s;
	bool starting;
	int ret;

	if (config->nwatch > WATCH_MAX || config->nkeep_fd > CRADLE_KEEP_MAX ||
	    (config->argv && !config->argv[0]))
		return -EINVAL;
	init(&s, config, result);
	ret = start(&s);
	while (!ret && s.state != LIFE_END) {
		starting = s.state == LIFE_PAUSE;
		turn(&s);
		if (starting && s.state == LIFE_RUN)
			ret = start_again(&s);
	}
	if (s.signal_fd >= 0)
		(void)close(s.signal_fd);
	return ret;
}

void cradle_become(const struct cradle_config *config)
{
	struct supervisor s = { .config = config, .cwd = -1 };

	cradle_block_signals();
	s.inherited = early;
	spawn_run_agent(&s);
}
