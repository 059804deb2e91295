/* The agent that every candidate supervises. Commands arrive on fd 0, answers leave through fd 1; a
 * closed fd 0 ends it. It must stay static and small: its own start is part of what is measured.
 *
 *   agent true   write the time of the first instruction (CLOCK_MONOTONIC, ns), exit
 *   agent serve  write a 0, then obey: O N = N orphans one by one, B N = N orphans at once,
 *                S = until the next command, answer each SIGUSR1 with one byte
 *   agent calls  time system calls, write a struct agent_calls, exit */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "agent.h"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void answer(uint64_t value)
{
	if (write(1, &value, sizeof(value)) != sizeof(value))
		_exit(1);
}

/* Whoever can still be signalled (zombies can) isn't reaped yet. Process numbers are handed out in
 * a circle, so that a number isn't seen again within one storm. */
static void wait_until_gone(const pid_t *pids, unsigned n)
{
	struct timespec pause = { .tv_nsec = 20000 };

	for (unsigned i = 0; i < n; i++)
		while (!kill(pids[i], 0))
			nanosleep(&pause, NULL);
}

/* The storm itself has to be cheap, or forking is all that is measured: these children borrow the
 * agent's memory, as vfork(2)'s do, and have stacks of their own. */
static pid_t borrow(int (*run)(void *), void *arg, unsigned depth)
{
	static char stack[2][4096] __attribute__((aligned(16)));
	pid_t pid = clone(run, stack[depth] + sizeof(stack[depth]),
			  CLONE_VM | CLONE_VFORK | SIGCHLD, arg);

	if (pid < 0)
		_exit(2);
	return pid;
}

static int die(void *arg)
{
	(void)arg;
	_exit(0);
}

static int bear_and_die(void *number)
{
	*(pid_t *)number = borrow(die, NULL, 1);
	_exit(0);
}

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void stream(pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		wait_for(borrow(bear_and_die, &pids[i], 0));
}

/* N zombies; their parent bequeaths all of them with its own end. */
static void gather(pid_t *pids, unsigned n, int ready, int go)
{
	char c;

	for (unsigned i = 0; i < n; i++)
		pids[i] = borrow(die, NULL, 1);
	for (unsigned i = 0; i < n; i++)
		waitid(P_PID, (id_t)pids[i], NULL, WEXITED | WNOWAIT);
	(void)!write(ready, "r", 1);
	(void)!read(go, &c, 1);
	_exit(0);
}

/* The clock starts with the heritage: making zombies is the bench's expense, not the supervisor's.
 */
static uint64_t burst(pid_t *pids, unsigned n)
{
	int go[2], ready[2];
	uint64_t start;
	pid_t middle;
	char c;

	if (pipe(go) || pipe(ready))
		_exit(2);
	middle = fork();
	if (middle < 0)
		_exit(2);
	if (!middle)
		gather(pids, n, ready[1], go[0]);
	(void)!read(ready[0], &c, 1);
	answer(0); /* PID 1's counters are read now */
	(void)!read(0, &c, 1);
	start = now_ns();
	(void)!write(go[1], "g", 1);
	wait_for(middle);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(ready[i]);
	}
	return start;
}

static void orphans(pid_t *pids, const struct agent_command *cmd)
{
	uint64_t start = now_ns();

	if (cmd->verb == 'B')
		start = burst(pids, cmd->count);
	else
		stream(pids, cmd->count);
	wait_until_gone(pids, cmd->count);
	answer(now_ns() - start);
}

static void echo_signals(const sigset_t *set, unsigned n)
{
	answer(0);
	while (n--) {
		if (sigwaitinfo(set, NULL) != SIGUSR1)
			_exit(3);
		if (write(1, "s", 1) != 1)
			_exit(1);
	}
}

static int serve(void)
{
	struct agent_command cmd;
	sigset_t set;
	pid_t *pids;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	pids = mmap(NULL, AGENT_MAX * sizeof(*pids), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pids == MAP_FAILED)
		return 2;
	answer(0);
	while (read(0, &cmd, sizeof(cmd)) == sizeof(cmd)) {
		if (cmd.count > AGENT_MAX)
			return 4;
		if (cmd.verb == 'S')
			echo_signals(&set, cmd.count);
		else
			orphans(pids, &cmd);
	}
	return 0;
}

/* Of each kind the cheapest there is, as it is the filter that is measured: the second's descriptor
 * isn't open, and there is no operation of the third's number if nobody denies it before. */
static const long calls[AGENT_CALLS][3] = {
	[CALL_ALLOWED] = { SYS_getppid },
	[CALL_CHECKED] = { SYS_ioctl, -1, TCGETS },
	[CALL_DENIED] = { SYS_keyctl, -1 },
};

static uint64_t batch(const long call[3])
{
	uint64_t start = now_ns();

	for (unsigned i = 0; i < AGENT_BATCH; i++)
		syscall(call[0], call[1], call[2], 0L, 0L, 0L);
	return now_ns() - start;
}

/* The fastest batch is the one that nobody interrupted. */
static int time_calls(void)
{
	struct agent_calls found;

	memset(found.ns, 0xff, sizeof(found.ns));
	for (unsigned i = 0; i < AGENT_BATCHES * AGENT_CALLS; i++) {
		uint64_t *least = &found.ns[i % AGENT_CALLS];
		uint64_t ns = batch(calls[i % AGENT_CALLS]);

		if (ns < *least)
			*least = ns;
	}
	found.error = (uint64_t)errno;
	return write(1, &found, sizeof(found)) != sizeof(found);
}

int main(int argc, char **argv)
{
	uint64_t first = now_ns();

	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve();
	if (argc > 1 && !strcmp(argv[1], "calls"))
		return time_calls();
	answer(first);
	return 0;
}
