/* Orphans, and other relatives of the agent, that do as they are told or don't. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct ready {
	int fds[2];
};

/* The verb returns when the relative is ready: when it closed its end. */
static void ready_open(struct ready *ready)
{
	if (pipe2(ready->fds, O_CLOEXEC))
		trouble("cannot make a pipe");
}

static void ready_tell(struct ready *ready)
{
	close(ready->fds[0]);
	close(ready->fds[1]);
}

static void ready_await(struct ready *ready)
{
	close(ready->fds[1]);
	orphan_await(ready->fds[0]);
}

/* Its pid, or 0 in the orphan, which has a session of its own as every daemon. */
static pid_t start(struct ready *ready)
{
	pid_t pid;

	ready_open(ready);
	pid = orphan_fork();
	if (pid == 0) {
		if (setsid() < 0)
			trouble("cannot make a session");
		return 0;
	}
	return pid;
}

/* stubborn: an orphan that survives everything but KILL, tells what it got, and holds stdout */
int verb_stubborn(int argc, char **argv)
{
	struct ready ready;
	struct received got;
	pid_t pid = start(&ready);

	(void)argc;
	(void)argv;
	if (pid == 0) {
		signal_mask(SIG_BLOCK, ALL_SIGNALS);
		ready_tell(&ready);
		while (signal_wait(ALL_SIGNALS, &got, 2 * PROBE_DEADLINE))
			say("stubborn got %d", got.sig);
		_exit(0);
	}
	ready_await(&ready);
	say("stubborn=%d", (int)pid);
	return 0;
}

/* obedient: an orphan that ends at TERM and tells so; patient: takes 200 ms over it */
static int obey(const char *name, useconds_t delay)
{
	struct ready ready;
	struct received got;
	pid_t pid = start(&ready);

	if (pid == 0) {
		signal_mask(SIG_BLOCK, SIGNAL_BIT(SIGTERM));
		ready_tell(&ready);
		if (signal_wait(SIGNAL_BIT(SIGTERM), &got, 2 * PROBE_DEADLINE)) {
			say("%s got %d", name, got.sig);
			usleep(delay);
			say("%s leaves", name);
		}
		_exit(0);
	}
	ready_await(&ready);
	say("%s=%d", name, (int)pid);
	return 0;
}

int verb_obedient(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return obey("obedient", 0);
}

int verb_patient(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return obey("patient", 200000);
}

static void await_stopped(pid_t pid)
{
	char path[64], state = '?';

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; state != 'T'; i++) {
		FILE *file = fopen(path, "re");

		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			trouble("cannot read %s", path);
		(void)fclose(file);
		if (i > PROBE_DEADLINE * 1000)
			trouble("%d did not stop", (int)pid);
		usleep(1000);
	}
}

/* stopped-orphan: stopped, so it sees TERM only when it is continued, too */
int verb_stopped_orphan(int argc, char **argv)
{
	struct ready ready;
	struct received got;
	pid_t pid = start(&ready);

	(void)argc;
	(void)argv;
	if (pid == 0) {
		signal_mask(SIG_BLOCK, SIGNAL_BIT(SIGTERM));
		ready_tell(&ready);
		(void)kill(getpid(), SIGSTOP);
		if (signal_wait(SIGNAL_BIT(SIGTERM), &got, 2 * PROBE_DEADLINE))
			say("stopped-orphan got %d", got.sig);
		_exit(0);
	}
	ready_await(&ready);
	await_stopped(pid);
	say("stopped-orphan=%d", (int)pid);
	return 0;
}

/* when-stopped SIG: an orphan that sends SIG to init once the agent is stopped */
int verb_when_stopped(int argc, char **argv)
{
	int sig = signal_number(argv[0]);
	pid_t agent = getpid();
	struct ready ready;

	(void)argc;
	if (start(&ready) == 0) {
		ready_tell(&ready);
		await_stopped(agent);
		if (kill(getppid(), sig))
			trouble("cannot send %d to init", sig);
		_exit(0);
	}
	ready_await(&ready);
	return 0;
}

/* short-orphan MS: one that ends by itself, later than the agent */
int verb_short_orphan(int argc, char **argv)
{
	struct ready ready;
	pid_t pid = start(&ready);

	(void)argc;
	if (pid == 0) {
		ready_tell(&ready);
		usleep((useconds_t)number(argv[0]) * 1000);
		say("short-orphan leaves");
		_exit(0);
	}
	ready_await(&ready);
	say("short-orphan=%d", (int)pid);
	return 0;
}

/* end-later MS: an orphan that sends TERM to all others when the agent is long gone */
int verb_end_later(int argc, char **argv)
{
	struct ready ready;

	(void)argc;
	if (start(&ready) == 0) {
		signal_disposition(SIGTERM, true);
		ready_tell(&ready);
		usleep((useconds_t)number(argv[0]) * 1000);
		/* In a PID namespace: nobody outside is reached. */
		if (getppid() == 1)
			(void)kill(-1, SIGTERM);
		_exit(0);
	}
	ready_await(&ready);
	return 0;
}

/* forker: an orphan whose only act is to have an offspring and leave, for ever */
int verb_forker(int argc, char **argv)
{
	struct ready ready;

	(void)argc;
	(void)argv;
	if (start(&ready) == 0) {
		ready_tell(&ready);
		for (;;) {
			pid_t pid = fork();

			if (pid > 0)
				_exit(0);
			if (pid < 0)
				usleep(1000);
		}
	}
	ready_await(&ready);
	return 0;
}

/* What one relative makes of the signals: it reports all of the set until USR2. */
static void relative(const char *name, uint64_t set)
{
	struct received got = { 0 };

	while (got.sig != SIGUSR2) {
		if (!signal_wait(set | SIGNAL_BIT(SIGUSR2), &got, PROBE_DEADLINE))
			trouble("%s was forgotten", name);
		if (got.sig != SIGUSR2)
			say("%s got %d", name, got.sig);
	}
	_exit(0);
}

/* family SIG...: the agent, a child in its group and a daemon outside; each tells which it got
 * after the agent sent them to init. What came is complete when a mark, sent last, came back. */
int verb_family(int argc, char **argv)
{
	const int mark = 63;
	uint64_t set = 0;
	struct received got;
	struct ready ready;
	pid_t child, daemon;

	for (int i = 0; i < argc; i++)
		set |= SIGNAL_BIT(signal_number(argv[i]));
	signal_mask(SIG_BLOCK, set | SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(mark));
	child = fork();
	if (child < 0)
		trouble("cannot fork");
	if (child == 0)
		relative("child", set);
	daemon = start(&ready);
	if (daemon == 0) {
		ready_tell(&ready);
		relative("daemon", set);
	}
	ready_await(&ready);
	for (int i = 0; i < argc; i++) {
		if (kill(getppid(), signal_number(argv[i])) ||
		    !signal_wait(set, &got, PROBE_DEADLINE))
			trouble("%s did not come back", argv[i]);
		say("agent got %d", got.sig);
	}
	if (kill(getppid(), mark) || !signal_wait(SIGNAL_BIT(mark), &got, PROBE_DEADLINE))
		trouble("the mark did not come back");
	while (signal_wait(set, &got, 0))
		say("agent got %d", got.sig);
	if (kill(child, SIGUSR2) || kill(daemon, SIGUSR2))
		trouble("cannot end the family");
	if (waitpid(child, NULL, 0) != child)
		trouble("cannot wait for the child");
	while (kill(daemon, 0) == 0)
		usleep(1000);
	say("family over");
	return 0;
}

/* groupkill SIG: to our whole process group, us included: init must not be in it */
int verb_groupkill(int argc, char **argv)
{
	int sig = signal_number(argv[0]);
	struct received got;

	(void)argc;
	signal_mask(SIG_BLOCK, SIGNAL_BIT(sig) | SIGNAL_BIT(63));
	if (kill(0, sig) || !signal_wait(SIGNAL_BIT(sig), &got, PROBE_DEADLINE))
		trouble("cannot signal the group");
	signal_report("agent", &got);
	if (kill(getppid(), 63))
		trouble("cannot send the mark to init");
	if (!signal_wait(SIGNAL_BIT(63), &got, PROBE_DEADLINE))
		trouble("the mark did not come back");
	while (signal_wait(SIGNAL_BIT(sig), &got, 0))
		signal_report("agent", &got);
	say("group told");
	return 0;
}
