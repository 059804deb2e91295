/* The terminal of the one who started a sandbox: can it be typed on from inside? */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* 64-bit arguments, which some filters compare as a whole and the kernel doesn't (CVE-2019-10063).
 */
static long raw_ioctl(int fd, unsigned long command, void *arg)
{
	return syscall(SYS_ioctl, fd, command, arg);
}

static void inject(const char *where, int fd)
{
	char key[64], byte = 'x', paste[2] = { 3, 0 };

	(void)snprintf(key, sizeof(key), "%s.tiocsti", where);
	fact(key, raw_ioctl(fd, TIOCSTI, &byte));
	(void)snprintf(key, sizeof(key), "%s.tiocsti.high", where);
	fact(key, raw_ioctl(fd, TIOCSTI | 1UL << 32, &byte));
	/* TIOCL_PASTESEL (CVE-2023-28100): only a virtual console knows it. */
	(void)snprintf(key, sizeof(key), "%s.tioclinux", where);
	fact(key, raw_ioctl(fd, TIOCLINUX, paste));
}

/* escape-tty: type into the terminals at 0 to 2 and the controlling one */
int verb_escape_tty(int argc, char **argv)
{
	char name[8];
	int fd;

	(void)argc;
	(void)argv;
	for (fd = 0; fd <= 2; fd++) {
		(void)snprintf(name, sizeof(name), "fd%d", fd);
		inject(name, fd);
	}
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	fact("tty.open", fd);
	/* One of another PID namespace has no number here. */
	say("session.outside=%s", getsid(0) ? "no" : "yes");
	if (fd >= 0)
		inject("tty", fd);
	return 0;
}

/* typed: how many bytes wait to be read from the terminal, lines or not */
int verb_typed(int argc, char **argv)
{
	struct termios mode;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC), n = -1;

	(void)argc;
	(void)argv;
	if (fd < 0 || tcgetattr(fd, &mode))
		return -1;
	mode.c_lflag &= ~(tcflag_t)ICANON;
	if (tcsetattr(fd, TCSANOW, &mode) || ioctl(fd, FIONREAD, &n))
		return -1;
	say("typed=%d", n);
	(void)tcflush(fd, TCIFLUSH);
	close(fd);
	return 0;
}
