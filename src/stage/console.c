/* Standard descriptors. May open /dev/console, /dev/kmsg and /dev/null; always with O_NOCTTY, as a
 * terminal must go to the agent and never to PID 1 (^C would panic the machine). */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static int open_node(const char *path, int flags, dev_t device)
{
	int fd = open(path, flags | O_NOCTTY);

	/* No devtmpfs in this kernel, or no /dev: make the node where we can. */
	if (fd < 0 && errno == ENOENT) {
		(void)mkdir("/dev", 0755);
		if (mknod(path, S_IFCHR | 0600, device) == 0)
			fd = open(path, flags | O_NOCTTY);
	}
	return fd;
}

void console_fill(bool vm)
{
	struct pollfd std[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	/* One call for what is nearly always so: all three are open. */
	if (poll(std, 3, 0) <= 0)
		return;
	for (int fd = 0; fd <= 2; fd++) {
		int got = -1;

		if (!(std[fd].revents & POLLNVAL))
			continue;
		if (vm)
			got = open_node("/dev/console", O_RDWR, makedev(5, 1));
		if (got < 0 && vm && fd == STDERR_FILENO)
			got = open_node("/dev/kmsg", O_WRONLY, makedev(1, 11));
		if (got < 0)
			got = vm ? open_node("/dev/null", O_RDWR, makedev(1, 3))
				 : open("/dev/null", O_RDWR);
		/* Any file is better than a number that the next open would get. */
		if (got < 0)
			(void)open("/", O_RDONLY | O_DIRECTORY);
	}
}

static bool is_stand_in(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev == makedev(1, 3) ||
	       st.st_rdev == makedev(1, 11);
}

void console_retry(bool wait)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int fd = -1;

	if (!is_stand_in(STDERR_FILENO))
		return;
	for (int ticks = wait ? 100 : 1; fd < 0 && ticks; ticks--) {
		fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 && wait)
			(void)nanosleep(&tick, NULL);
	}
	if (fd < 0)
		return;
	for (int to = 0; to <= 2; to++) {
		if (is_stand_in(to))
			(void)dup2(fd, to);
	}
	(void)close(fd);
}
