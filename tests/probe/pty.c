/* A user at a terminal: starts a command on a pseudo terminal, waits for text and types. Host only.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PTY_DEADLINE 30 /* seconds for all the steps together */
#define PTY_TIMEOUT  124

struct session {
	int master;
	pid_t child;
	bool gone; /* the child; status is valid */
	int status;
	char text[1 << 16];
	size_t len, seen; /* text before seen has been matched */
	time_t deadline;
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void show(const struct session *s)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->text[i] != '\r')
			(void)!write(STDOUT_FILENO, s->text + i, 1);
	}
}

_Noreturn static void give_up(struct session *s, const char *what)
{
	show(s);
	dprintf(STDERR_FILENO, "\nprobe: pty: '%s' did not come\n", what);
	(void)kill(s->child, SIGKILL);
	_exit(PTY_TIMEOUT);
}

/* The older half of a flood, unless it is still to be matched. */
static void make_room(struct session *s)
{
	size_t old = s->seen < sizeof(s->text) / 2 ? sizeof(s->text) / 2 : s->seen;

	memmove(s->text, s->text + old, s->len - old + 1);
	s->len -= old;
	s->seen = 0;
}

/* Returns false when there is nothing to read at the moment, or never again. */
static bool take(struct session *s, int timeout_ms)
{
	struct pollfd fd = { .fd = s->master, .events = POLLIN };
	ssize_t n;

	if (s->master < 0 || poll(&fd, 1, timeout_ms) <= 0)
		return false;
	if (s->len == sizeof(s->text) - 1)
		make_room(s);
	n = read(s->master, s->text + s->len, sizeof(s->text) - 1 - s->len);
	if (n <= 0)
		return false;
	s->len += (size_t)n;
	s->text[s->len] = '\0';
	return true;
}

static void expect(struct session *s, const char *what)
{
	const char *found;

	while (!(found = strstr(s->text + s->seen, what))) {
		if (now() > s->deadline)
			give_up(s, what);
		if (!take(s, 100))
			usleep(1000);
	}
	s->seen = (size_t)(found - s->text) + strlen(what);
}

/* Without reading: the terminal takes no more once its buffers are full. */
static void await(struct session *s, const char *file)
{
	while (access(file, F_OK)) {
		if (now() > s->deadline)
			give_up(s, file);
		usleep(1000);
	}
}

/* Until the shell has given the terminal to a job. It prints the job's name before. */
static void await_job(struct session *s)
{
	while (tcgetpgrp(s->master) == s->child) {
		if (now() > s->deadline)
			give_up(s, "a job in the foreground");
		usleep(1000);
	}
}

static void touch(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		trouble("cannot make %s", file);
	close(fd);
}

/* ^C is the control character, \r the return key. */
static void type(struct session *s, const char *keys)
{
	for (; *keys; keys++) {
		char key = *keys;

		if (key == '^' && keys[1])
			key = *++keys & 0x1f;
		else if (key == '\\' && keys[1] == 'r')
			key = (keys++, '\r');
		if (write(s->master, &key, 1) != 1)
			trouble("cannot type");
	}
}

static void resize(struct session *s, const char *size)
{
	struct winsize window = { 0 };

	if (sscanf(size, "%hux%hu", &window.ws_row, &window.ws_col) != 2 ||
	    ioctl(s->master, TIOCSWINSZ, &window))
		trouble("cannot resize to %s", size);
}

static bool starts(const char *step, const char *name, const char **rest)
{
	size_t len = strlen(name);

	*rest = step + len;
	return !strncmp(step, name, len);
}

static void perform(struct session *s, const char *step)
{
	const char *rest;

	if (starts(step, "expect=", &rest)) {
		expect(s, rest);
	} else if (starts(step, "await=", &rest)) {
		await(s, rest);
	} else if (starts(step, "touch=", &rest)) {
		touch(rest);
	} else if (starts(step, "send=", &rest)) {
		type(s, rest);
	} else if (starts(step, "resize=", &rest)) {
		resize(s, rest);
	} else if (starts(step, "kill=", &rest)) {
		if (kill(s->child, signal_number(rest)))
			trouble("cannot signal the command");
	} else if (!strcmp(step, "job")) {
		await_job(s);
	} else if (!strcmp(step, "hangup")) {
		close(s->master);
		s->master = -1;
	} else if (!starts(step, "close=", &rest) && !starts(step, "size=", &rest)) {
		errno = EINVAL;
		trouble("unknown step %s", step);
	}
}

/* In the child: close=DIGITS leaves out those of the descriptors 0 to 2. */
_Noreturn static void command(int nsteps, char **steps, char **argv)
{
	const char *rest;

	for (int i = 0; i < nsteps; i++) {
		for (bool on = starts(steps[i], "close=", &rest); on && *rest; rest++)
			close(*rest - '0');
	}
	execvp(argv[0], argv);
	trouble("cannot execute %s", argv[0]);
}

static void finish(struct session *s)
{
	while (!s->gone) {
		(void)take(s, s->master < 0 ? 0 : 20);
		s->gone = waitpid(s->child, &s->status, WNOHANG) == s->child;
		if (!s->gone && s->master < 0)
			usleep(1000);
		if (now() > s->deadline)
			give_up(s, "the end of the command");
	}
	while (take(s, 0))
		;
}

/* pty STEP... -- COMMAND...: exits with the command's code, 128+N for signal N, 124 when a step
 * took too long. */
int verb_pty(int argc, char **argv)
{
	static struct session s;
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	int nsteps = 0;

	while (nsteps < argc && strcmp(argv[nsteps], "--"))
		nsteps++;
	if (nsteps + 1 >= argc) {
		errno = EINVAL;
		return -1;
	}
	s.deadline = now() + PTY_DEADLINE;
	s.child = forkpty(&s.master, NULL, NULL, &window);
	if (s.child < 0)
		return -1;
	if (s.child == 0)
		command(nsteps, argv, argv + nsteps + 1);
	for (int i = 0; i < nsteps; i++)
		perform(&s, argv[i]);
	finish(&s);
	show(&s);
	_exit(WIFSIGNALED(s.status) ? 128 + WTERMSIG(s.status) : WEXITSTATUS(s.status));
}

/* Returns the errno of the first key that wasn't taken, or 0. */
static int inject(int fd, unsigned long request, const char *keys)
{
	for (; *keys; keys++) {
		/* Raw: the C library's ioctl(3) would cut the number of the request. */
		if (syscall(SYS_ioctl, fd, request, keys) < 0)
			return errno;
	}
	return 0;
}

/* stuff KEYS: as if typed, at each terminal within reach, and in all spellings */
int verb_stuff(int argc, char **argv)
{
	static const unsigned long requests[] = { TIOCSTI, TIOCSTI | 1UL << 32 };
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	(void)argc;
	for (int fd = 0; fd <= 2; fd++) {
		for (int i = 0; i < 2; i++)
			say("inject fd=%d high=%d errno=%d", fd, i,
			    inject(fd, requests[i], argv[0]));
	}
	if (tty >= 0)
		say("inject fd=tty high=0 errno=%d", inject(tty, TIOCSTI, argv[0]));
	return 0;
}
