/* Kills launchers at random moments and looks for what outlives them. PID 1 of a PID namespace made
 * for it, so that whatever is left can be nobody else's. */
#include "escape.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, MAX_MOUNTS = 4096 };

struct killer {
	char **command;
	int in, out; /* what the sandboxes say: a byte for each agent that came to run */
	unsigned state, started;
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static pid_t start(const struct killer *k)
{
	pid_t pid = fork();

	if (pid < 0)
		trouble("cannot fork");
	if (pid > 0)
		return pid;
	if (dup2(k->out, STDOUT_FILENO) < 0)
		_exit(PROBE_TROUBLE);
	execv(k->command[0], k->command);
	trouble("cannot execute %s", k->command[0]);
}

/* Every mark is an agent. */
static void count(struct killer *k, int timeout_ms)
{
	struct pollfd fd = { .fd = k->in, .events = POLLIN };
	char text[4096];

	while (poll(&fd, 1, timeout_ms) > 0) {
		ssize_t n = read(k->in, text, sizeof(text));

		if (n <= 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			k->started += text[i] == '!';
		timeout_ms = 0;
	}
}

static void end(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* Those whose parent it was: ours now, and dying. */
	while (waitpid(-1, &status, WNOHANG) > 0)
		;
}

/* How long it takes until the agent runs: no machine is as fast as another. */
static uint64_t calibrate(struct killer *k)
{
	uint64_t total = 0;

	for (unsigned i = 1; i <= 5; i++) {
		uint64_t before = now_us();
		pid_t pid = start(k);

		while (k->started < i && now_us() - before < PATIENCE_MS * 1000)
			count(k, PATIENCE_MS);
		total += now_us() - before;
		end(pid);
	}
	return total / 5;
}

/* All that are left are children of ours, or of one. */
static void reap_all(void)
{
	uint64_t until = now_us() + PATIENCE_MS * 1000;
	int status;

	while (now_us() < until) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid == 0)
			usleep(1000);
	}
}

static int count_survivors(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int left = 0;

	while (dir && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]) || !strcmp(entry->d_name, "1"))
			continue;
		say("left=%s", entry->d_name);
		left++;
	}
	if (dir)
		closedir(dir);
	return left;
}

/* By their ids: what others unmount on the host meanwhile goes here, too. */
static int read_mounts(int *ids, int room)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096];
	int n = 0;

	while (file && n < room && fgets(line, sizeof(line), file))
		ids[n++] = atoi(line);
	if (file)
		(void)fclose(file);
	return n;
}

static int count_new_mounts(const int *before, int nbefore)
{
	int ids[MAX_MOUNTS], n = read_mounts(ids, MAX_MOUNTS), fresh = n;

	for (int i = 0; i < n; i++) {
		for (int j = 0; j < nbefore; j++) {
			if (ids[i] == before[j]) {
				fresh--;
				break;
			}
		}
	}
	return fresh;
}

static unsigned draw(struct killer *k, uint64_t below)
{
	k->state = k->state * 1103515245 + 12345;
	return (unsigned)((uint64_t)(k->state >> 4) * below >> 28);
}

/* Around the time at which agents start at the moment, which others on the machine change: later if
 * none came, earlier if one did. */
static uint64_t kill_one(struct killer *k, uint64_t launch_us)
{
	unsigned before = k->started;
	pid_t pid = start(k);

	usleep(draw(k, launch_us * 2));
	end(pid);
	count(k, 0);
	return k->started > before ? launch_us - launch_us / 16 : launch_us + launch_us / 16 + 1;
}

/* killer COUNT SEED COMMAND...: the command's agent writes a "!" once it runs, and stays */
int verb_killer(int argc, char **argv)
{
	struct killer k = { .command = argv + 2, .state = (unsigned)number(argv[1]) };
	int fds[2], mounts[MAX_MOUNTS], nmounts, status;
	uint64_t launch_us;

	(void)argc;
	if (getpid() != 1 || pipe2(fds, O_CLOEXEC))
		return -1;
	k.in = fds[0];
	k.out = fds[1];
	nmounts = read_mounts(mounts, MAX_MOUNTS);
	/* To kill to the microsecond; 50 are usual. */
	(void)prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	launch_us = calibrate(&k);
	k.started = 0;
	for (long i = number(argv[0]); i > 0; i--)
		launch_us = kill_one(&k, launch_us);
	count(&k, 0);
	say("launch_us=%u", (unsigned)launch_us);
	say("killed=%s started=%u", argv[0], k.started);
	reap_all();
	say("survivors=%d", count_survivors());
	say("mounts=%d", count_new_mounts(mounts, nmounts));
	close(k.out);
	/* Whoever still holds the other end isn't even in our PID namespace. */
	status = poll(&(struct pollfd){ .fd = k.in, .events = POLLIN }, 1, PATIENCE_MS);
	say("pipe=%s", status == 1 && read(k.in, fds, 1) == 0 ? "closed" : "held");
	return 0;
}
