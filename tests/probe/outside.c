/* What is done to cradle from outside of its world. Host only. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first child of a process, 0 if it has none. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	FILE *file;
	int child = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &child) != 1)
		child = 0;
	(void)fclose(file);
	return child;
}

/* Signal the process so many generations down in the very moment that it has a child itself. */
static void signal_early(pid_t pid, long depth, int sig)
{
	pid_t child;

	for (; depth >= 0; depth--) {
		while ((child = child_of(pid)) == 0) {
			if (kill(pid, 0) || waitpid(pid, NULL, WNOHANG | WNOWAIT) == pid)
				return;
		}
		if (depth == 0)
			(void)kill(pid, sig);
		pid = child;
	}
}

static int one_round(long depth, int sig, char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		trouble("cannot fork");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			trouble("cannot silence the command");
		alarm(PROBE_DEADLINE);
		execvp(argv[0], argv);
		trouble("cannot execute %s", argv[0]);
	}
	signal_early(pid, depth, sig);
	if (waitpid(pid, &status, 0) != pid)
		trouble("cannot wait for the command");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* early ROUNDS DEPTH SIG COMMAND...: how it ended, how often */
int verb_early(int argc, char **argv)
{
	static unsigned tally[256];
	long rounds = number(argv[0]), depth = number(argv[1]);
	int sig = signal_number(argv[2]);

	if (argc < 4) {
		errno = EINVAL;
		return -1;
	}
	for (long i = 0; i < rounds; i++)
		tally[one_round(depth, sig, argv + 3) & 255]++;
	for (int i = 0; i < 256; i++) {
		if (tally[i])
			say("code %d: %u times", i, tally[i]);
	}
	return 0;
}
