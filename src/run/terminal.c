/* The relay between the host's terminal and the sandbox's. May change the modes of the host's only
 * while we have its foreground, reads it only if the agent wants to, and never changes fd 0 itself,
 * which is the same open file in the shell outside. */
#include "terminal.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef TIOCSIG
#define TIOCSIG _IOW('T', 0x36, int)
#endif

enum {
	/* More than the buffers of a pseudo terminal hold: what comes after it isn't the agent's.
	 */
	DRAIN_MAX = 1 << 16,
	/* A terminal that takes nothing for so long is given up. */
	PATIENCE_MS = 5000
};

/* tcgetpgrp(3) can't tell where the shell is in another PID namespace: all groups of the outside
 * are 0. Reading can (tty_ioctl(4), job_control() in drivers/tty/n_tty.c): with SIGTTIN blocked it
 * is EIO in the background, even of nothing. */
static bool has_foreground(int fd)
{
	char nothing;

	/* Not our controlling terminal: it knows no background. */
	if (tcgetpgrp(fd) < 0 && errno == ENOTTY)
		return true;
	return read(fd, &nothing, 0) == 0 || errno == EAGAIN;
}

static bool in_foreground(const struct terminal *t)
{
	return has_foreground(t->host);
}

/* An open file of our own, as O_NONBLOCK on fd 0 would be the shell's, too. The terminal may be
 * another user's, as after su(1): then it can be opened under the name of everybody's own, if it is
 * that. */
static int open_host(void)
{
	int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = open("/proc/self/fd/0", flags);

	if (fd < 0 && tcgetpgrp(STDIN_FILENO) >= 0)
		fd = open("/dev/tty", flags);
	return fd;
}

bool terminal_controls(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno != ENXIO; /* tty(4) */
	(void)close(fd);
	return true;
}

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

bool terminal_shared(void)
{
	int fd = open_host();
	bool front = fd < 0 || has_foreground(fd);

	if (fd >= 0)
		(void)close(fd);
	return !front || is_pipe(STDOUT_FILENO);
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

static void copy_size(const struct terminal *t)
{
	struct winsize size;

	/* The kernel tells the agent if it is another one. */
	if (ioctl(t->host, TIOCGWINSZ, &size) == 0)
		(void)ioctl(t->master, TIOCSWINSZ, &size);
}

/* All keys are the agent's: its own terminal makes lines, echoes and signals of them. */
static void take(struct terminal *t)
{
	/* The kernel knows fewer characters than c_cc has room for. */
	struct termios modes = { 0 };

	if (tcgetattr(t->host, &modes) < 0)
		return;
	/* The shell may have other ones by now. */
	if (!same_modes(&modes, &t->raw))
		t->saved = modes;
	cfmakeraw(&modes);
	if (tcsetattr(t->host, TCSANOW, &modes) == 0)
		t->taken = tcgetattr(t->host, &t->raw) == 0;
}

static void give_back(struct terminal *t)
{
	if (t->taken && in_foreground(t))
		(void)tcsetattr(t->host, TCSANOW, &t->saved);
	t->taken = false;
}

/* As found now, which may be long after the last look. Returns whether we have the foreground. */
static bool look_again(struct terminal *t)
{
	bool front = in_foreground(t);

	t->taken = false;
	if (front && t->wanted)
		take(t);
	copy_size(t);
	return front;
}

int terminal_start(struct terminal *t, int master, bool shared)
{
	int flags = fcntl(master, F_GETFL);

	*t = (struct terminal){ .on = true, .wanted = !shared, .master = master };
	(void)fcntl(master, F_SETFL, flags | O_NONBLOCK);
	t->host = open_host();
	if (t->host < 0) {
		t->host = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		t->borrowed = true;
	}
	if (t->host < 0) {
		int err = log_errno(-errno, "cannot use the terminal");

		(void)close(master);
		t->on = false;
		return err;
	}
	(void)look_again(t);
	return 0;
}

/* As a terminal does when its user has gone: the kernel tells the session inside. */
static void hang_up(struct terminal *t)
{
	if (t->master >= 0)
		(void)close(t->master);
	t->master = -1;
	t->taken = false;
}

/* 1: there was something; 0: not now; -1: never again. */
static int fill(struct terminal_flow *flow, int from)
{
	ssize_t n = read(from, flow->data, sizeof(flow->data));

	flow->start = 0;
	flow->len = n > 0 ? (size_t)n : 0;
	return n > 0 ? 1 : n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static int pour(struct terminal_flow *flow, int to)
{
	ssize_t n = write(to, flow->data + flow->start, flow->len);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	flow->start += (size_t)n;
	flow->len -= (size_t)n;
	return n > 0;
}

unsigned terminal_poll(const struct terminal *t, struct pollfd *fds)
{
	short host = 0, master = 0;

	if (!t->on || t->master < 0)
		return 0;
	/* One buffer each way: who is faster waits for who is slower. */
	if (t->taken && !t->in.len)
		host |= POLLIN;
	if (t->in.len)
		master |= POLLOUT;
	if (t->out.len)
		host |= POLLOUT;
	else
		master |= POLLIN;
	fds[0] = (struct pollfd){ .fd = t->host, .events = host };
	fds[1] = (struct pollfd){ .fd = t->unheard ? -1 : t->master, .events = master };
	return TERMINAL_FDS;
}

static void from_host(struct terminal *t)
{
	if (fill(&t->in, t->host) < 0)
		t->taken = t->taken && in_foreground(t);
	if (t->in.len)
		(void)pour(&t->in, t->master);
}

static void from_master(struct terminal *t)
{
	t->unheard = fill(&t->out, t->master) < 0;
	if (t->out.len && !t->borrowed && pour(&t->out, t->host) < 0)
		t->out.len = 0;
}

void terminal_ready(struct terminal *t, const struct pollfd *fds, unsigned n)
{
	if (n < TERMINAL_FDS)
		return;
	if (fds[0].revents & (POLLHUP | POLLERR)) {
		hang_up(t);
		return;
	}
	if ((fds[0].revents & POLLOUT) && pour(&t->out, t->host) < 0)
		t->out.len = 0;
	if ((fds[1].revents & POLLOUT) && pour(&t->in, t->master) < 0)
		t->in.len = 0;
	if (fds[0].revents & POLLIN)
		from_host(t);
	if ((fds[1].revents & (POLLIN | POLLHUP)) && !t->out.len)
		from_master(t);
}

/* Keys don't come as signals when we have them all, but those of a pipeline whose head doesn't read
 * do. */
static bool press(struct terminal *t, int sig)
{
	if (!t->taken)
		(void)look_again(t);
	return ioctl(t->master, TIOCSIG, sig) == 0;
}

bool terminal_signal(struct terminal *t, const siginfo_t *info)
{
	bool kernel = info->si_code == SI_KERNEL;

	if (!t->on)
		return false;
	/* Seen before it was told. */
	if (t->master < 0)
		return kernel && info->si_signo == SIGHUP;
	switch (info->si_signo) {
	case SIGWINCH:
		copy_size(t);
		return kernel;
	case SIGCONT:
		(void)look_again(t);
		return false;
	case SIGINT:
	case SIGQUIT:
		return kernel && press(t, info->si_signo);
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return kernel && press(t, SIGTSTP);
	case SIGHUP:
		if (kernel)
			hang_up(t);
		return kernel;
	default:
		return false;
	}
}

/* Returns false if the host's terminal takes no more. */
static bool push(struct terminal *t)
{
	struct pollfd fd = { .fd = t->host, .events = POLLOUT };
	int done = 0;

	while (t->out.len && done >= 0 && poll(&fd, 1, PATIENCE_MS) > 0)
		done = fd.revents & (POLLHUP | POLLERR) ? -1 : pour(&t->out, t->host);
	return !t->out.len;
}

/* Reading a pseudo terminal waits for what was written to its other side (tty_buffer_flush_work()
 * in n_tty_read(), Linux 4.5), so "nothing now" is the end of what the agent wrote. */
static void drain(struct terminal *t)
{
	size_t left = DRAIN_MAX;

	while (push(t) && t->master >= 0 && left && fill(&t->out, t->master) > 0)
		left -= t->out.len < left ? t->out.len : left;
}

enum terminal_go terminal_stopped(struct terminal *t, int sig)
{
	bool asks = sig == SIGTTIN || sig == SIGTTOU;
	bool front, stopped = true;

	if (!t->on)
		return TERMINAL_STAY;
	drain(t);
	t->wanted = t->wanted || asks;
	if (!asks || !in_foreground(t)) {
		give_back(t);
		stopped = sys_stop_self();
	}
	front = look_again(t);
	if (stopped)
		return front && t->wanted ? TERMINAL_GO_ON_IN_FRONT : TERMINAL_GO_ON;
	/* No shell will ever continue us, so none will give us the foreground: rather let the agent
	 * wait for input than ask for it again and again. Who sent STOP means it. */
	return sig == SIGSTOP ? TERMINAL_STAY : TERMINAL_GO_ON_IN_FRONT;
}

void terminal_finish(struct terminal *t)
{
	if (!t->on)
		return;
	drain(t);
	give_back(t);
	if (t->master >= 0)
		(void)close(t->master);
	(void)close(t->host);
	t->on = false;
}
