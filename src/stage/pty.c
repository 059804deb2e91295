/* The agent's terminal. TIOCSTI puts words into the mouth of whoever types at a process's
 * controlling terminal (CVE-2017-5226), so the caller's must not stay that of the sandbox. May open
 * the sandbox's ptmx and nothing of the host's. */
#include "pty.h"

#include "dest.h"
#include "log.h"
#include "status.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static bool is_ptmx(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(5, 2);
}

/* The kernel tells the foreground of nobody's terminal but ours. */
static bool controls(int fd)
{
	pid_t group;

	return ioctl(fd, TIOCGPGRP, &group) == 0;
}

/* /dev/tty is another file than the terminal it stands for. Two devpts have the same numbers. */
static bool is_terminal_of_stdin(int fd)
{
	struct stat in, st;

	if (!isatty(fd) || fstat(STDIN_FILENO, &in) < 0 || fstat(fd, &st) < 0 || is_ptmx(&st))
		return false;
	return (in.st_dev == st.st_dev && in.st_ino == st.st_ino) ||
	       (controls(STDIN_FILENO) && controls(fd));
}

/* Of whatever an image has under that name, only the device is opened: another could block. */
static int open_master(void)
{
	static const char *const paths[] = { "/dev/pts/ptmx", "/dev/ptmx" };
	int fd = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && fd < 0; i++) {
		int there = dest_open_inside(paths[i], O_PATH);
		struct stat st;

		if (there >= 0 && fstat(there, &st) == 0 && is_ptmx(&st))
			fd = dest_open_inside(paths[i], O_RDWR | O_NOCTTY);
		if (there >= 0)
			(void)close(there);
	}
	return fd;
}

/* Never by its path, which could lead to a terminal of the host. */
static int open_slave(int master)
{
	int unlocked = 0;
	int fd = ioctl(master, TIOCSPTLCK, &unlocked);

	if (fd == 0)
		fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A shell that has the caller's terminal in its hands has its own modes there. */
static void copy_modes(int slave, bool fresh)
{
	struct winsize size;
	struct termios from, to;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(slave, TIOCSWINSZ, &size);
	if (tcgetattr(STDIN_FILENO, &from) < 0 || tcgetattr(slave, &to) < 0)
		return;
	if (fresh)
		to.c_iflag |= from.c_iflag & IUTF8;
	(void)tcsetattr(slave, TCSANOW, fresh ? &to : &from);
}

/* Only the leader of a session can have a controlling terminal, and a new session has none. */
static int lead_session(void)
{
	if (setsid() >= 0 || getsid(0) == getpid())
		return 0;
	return log_errno(-errno, "cannot lead a session");
}

static int settle(int slave, const bool used[3])
{
	int err = lead_session();

	if (!err && ioctl(slave, TIOCSCTTY, 0) < 0)
		err = log_errno(-errno, "cannot take the sandbox's terminal");
	for (int fd = 0; fd <= 2 && !err; fd++) {
		if (used[fd] && dup2(slave, fd) < 0)
			err = log_errno(-errno, "cannot use the sandbox's terminal");
	}
	return err;
}

int pty_make(bool used[3], bool fresh)
{
	int master = open_master(), slave, err;

	if (master < 0)
		return log_errno(master,
				 "cannot open /dev/pts/ptmx inside (its /dev has no terminals: "
				 "--dev /dev makes it have, --tty=new-session does without)");
	slave = open_slave(master);
	err = slave < 0 ? log_errno(slave, "cannot open the sandbox's terminal") : 0;
	if (!err) {
		/* Before the session changes, which these look at. */
		for (int fd = 0; fd <= 2; fd++)
			used[fd] = is_terminal_of_stdin(fd);
		copy_modes(slave, fresh);
		err = settle(slave, used);
		(void)close(slave);
	}
	if (err)
		(void)close(master);
	return err ? err : master;
}

/* The init of a PID namespace can't be stopped from inside: the launcher can, and the shell outside
 * sees it. */
static void on_stopped(void *arg, pid_t agent, int sig)
{
	const struct spec *spec = arg;
	struct status_message message = { .type = STATUS_STOPPED, .agent = agent, .signal = sig };

	(void)status_send(spec->run.status.launcher, &message, -1);
}

/* Between us and the agent only: where that is a shell with jobs, they are its business. */
static void hand_on(pid_t from, pid_t to)
{
	if (tcgetpgrp(STDIN_FILENO) == from)
		(void)tcsetpgrp(STDIN_FILENO, to);
}

static int on_message(int socket)
{
	struct status_message message;
	int fd, err = status_receive(socket, &message, &fd);

	if (err)
		return err;
	if (fd >= 0)
		(void)close(fd);
	if (message.type != STATUS_CONTINUE)
		return 0;
	if (message.foreground)
		hand_on(getpgrp(), message.agent);
	else
		hand_on(message.agent, getpgrp());
	(void)sys_kill(-message.agent, SIGCONT);
	return 0;
}

static int make_own(struct spec *spec)
{
	const struct status_message message = { .type = STATUS_TERMINAL };
	static struct cradle_watch watch;
	bool used[3];
	int master = pty_make(used, spec->core.flags & CRADLE_BACKGROUND), err;

	if (master < 0)
		return master;
	err = status_send(spec->run.status.launcher, &message, master);
	(void)close(master);
	if (err)
		return log_errno(err, "cannot hand the sandbox's terminal to the launcher");
	watch = (struct cradle_watch){ spec->run.status.launcher, on_message };
	spec->core.watch = &watch;
	spec->core.nwatch = 1;
	spec->core.stopped = on_stopped;
	/* ^Z could stop the child before it executes, with PID 1 deaf until it does. */
	spec->core.flags &= ~(unsigned)CRADLE_SHARE_MEMORY;
	return 0;
}

int pty_enter(struct spec *spec)
{
	bool own = spec->run.tty == TTY_PTY;

	if (spec->run.tty == TTY_INHERIT)
		return 0;
	if (own && spec->run.has_terminal)
		return make_own(spec);
	/* Also without any terminal on 0 to 2 there is /dev/tty. Where there is none either, none
	 * comes: only the leader of a session gets one (tty_ioctl(4), TIOCSCTTY). A new session
	 * would change nothing then, and costs as much as four mounts
	 * (sched_autogroup_create_attach()). */
	return own && spec->run.no_terminal ? 0 : lead_session();
}
