/* Making orphans and odd children, and counting what became of them. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BURST 500 /* orphans that lose their parent at the same moment */

pid_t orphan_fork(void)
{
	int fds[2];
	pid_t pid, mother, orphan = -1;

	if (pipe2(fds, O_CLOEXEC))
		trouble("cannot make a pipe");
	pid = fork();
	if (pid < 0)
		trouble("cannot fork");
	if (pid == 0) {
		mother = getpid();
		orphan = fork();
		if (orphan != 0) {
			(void)!write(fds[1], &orphan, sizeof(orphan));
			_exit(0);
		}
		close(fds[0]);
		close(fds[1]);
		/* Not an orphan before its parent is gone and reaped. */
		while (getppid() == mother || kill(mother, 0) == 0)
			usleep(100);
		return 0;
	}
	if (read(fds[0], &orphan, sizeof(orphan)) != sizeof(orphan) || orphan < 0)
		trouble("cannot fork an orphan");
	close(fds[0]);
	close(fds[1]);
	if (waitpid(pid, NULL, 0) != pid && errno != ECHILD)
		trouble("cannot wait for the parent of the orphan");
	return orphan;
}

void orphan_await(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0 || errno == EINTR)
		;
	close(fd);
}

struct census {
	unsigned zombies;
	unsigned others; /* besides init, us and our ancestors */
};

static bool is_ours(int pid)
{
	return pid == 1 || pid == getpid() || pid == getppid();
}

static void take_census(struct census *census)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	*census = (struct census){ 0 };
	if (!proc)
		trouble("cannot open /proc");
	while ((entry = readdir(proc))) {
		int pid = atoi(entry->d_name);
		char path[64], stat[512], *end;
		ssize_t n;
		int fd, parent;
		char state;

		if (pid <= 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		if (n <= 0)
			continue;
		stat[n] = '\0';
		end = strrchr(stat, ')');
		/* In a VM the kernel's own threads are there too: children of 2. */
		if (!end || sscanf(end + 1, " %c %d", &state, &parent) != 2 || pid == 2 ||
		    parent == 2)
			continue;
		census->zombies += state == 'Z';
		census->others += !is_ours(pid);
	}
	closedir(proc);
}

/* Wait until nobody is left but us. Only init can see to that. */
static void await_alone(void)
{
	struct census census;

	for (int i = 0; i < PROBE_DEADLINE * 100; i++) {
		take_census(&census);
		if (!census.others)
			return;
		usleep(10000);
	}
	errno = ETIMEDOUT;
	trouble("%u processes remain, %u of them zombies", census.others, census.zombies);
}

int verb_census(int argc, char **argv)
{
	struct census census;

	(void)argc;
	(void)argv;
	take_census(&census);
	say("others=%u zombies=%u", census.others, census.zombies);
	return 0;
}

int verb_zombies(int argc, char **argv)
{
	struct census census = { .zombies = 1 };

	(void)argc;
	(void)argv;
	for (int i = 0; census.zombies && i < PROBE_DEADLINE * 100; i++) {
		if (i)
			usleep(10000);
		take_census(&census);
	}
	say("zombies=%u", census.zombies);
	return 0;
}

int verb_orphan(int argc, char **argv)
{
	long n = number(argv[0]);

	(void)argc;
	for (long i = 0; i < n; i++) {
		if (orphan_fork() == 0)
			_exit((int)i & 127);
	}
	await_alone();
	say("orphans=%ld", n);
	return 0;
}

/* storm N: bursts of children whose parent never waits */
int verb_storm(int argc, char **argv)
{
	long n = number(argv[0]);

	(void)argc;
	for (long done = 0; done < n; done += BURST) {
		pid_t mother = fork();

		if (mother < 0)
			trouble("cannot fork");
		if (mother == 0) {
			for (long i = 0; i < BURST && done + i < n; i++) {
				pid_t child = vfork();

				if (child == 0)
					_exit(0);
				if (child < 0)
					_exit(1);
			}
			_exit(0);
		}
		while (waitpid(mother, NULL, 0) < 0) {
			if (errno != EINTR)
				trouble("cannot wait");
		}
	}
	await_alone();
	say("stormed=%ld", n);
	return 0;
}

static long clone_with_signal(int sig)
{
	return syscall(SYS_clone, (long)sig, 0L, 0L, 0L, 0L);
}

/* children N SIG [alive]: children of ours that tell of their end by SIG, 0 for not at all. They
 * are dead, or die by themselves in a moment, when the next verb runs; which may be exec. */
int verb_children(int argc, char **argv)
{
	int sig = strcmp(argv[1], "0") ? signal_number(argv[1]) : 0;
	bool alive = argc > 2;
	siginfo_t info;

	/* The signal itself isn't what is looked at here; it would kill us. */
	if (sig && sig != SIGCHLD)
		signal_mask(SIG_BLOCK, SIGNAL_BIT(sig));
	for (long i = number(argv[0]); i > 0; i--) {
		long pid = clone_with_signal(sig);

		if (pid < 0)
			trouble("cannot clone");
		if (pid == 0) {
			if (alive)
				usleep(300000);
			_exit(3);
		}
		if (!alive && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL))
			trouble("cannot await the end of %ld", pid);
	}
	return 0;
}

/* own-children N: wait for so many children, made before */
int verb_own_children(int argc, char **argv)
{
	long n = 0;

	(void)argc;
	while (waitpid(-1, NULL, __WALL) > 0)
		n++;
	say("own-children=%ld", n);
	errno = ECHILD;
	return n == number(argv[0]) ? 0 : -1;
}

/* alone: returns when nobody is left but us and init */
int verb_alone(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	await_alone();
	return 0;
}

/* odd-orphans N SIG: orphans that were made so, by a mother that didn't wait */
int verb_odd_orphans(int argc, char **argv)
{
	pid_t mother = fork();

	if (mother < 0)
		trouble("cannot fork");
	if (mother == 0) {
		char alive[] = "alive", *words[] = { argv[0], argv[1], alive };

		(void)argc;
		_exit(verb_children(3, words));
	}
	if (waitpid(mother, NULL, 0) != mother && errno != ECHILD)
		trouble("cannot wait");
	await_alone();
	say("odd-orphans=%s", argv[0]);
	return 0;
}

/* stop: as ^Z would; goes on at CONT */
int verb_stop(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say("stopping");
	if (kill(getpid(), SIGSTOP))
		return -1;
	say("continued");
	return 0;
}
