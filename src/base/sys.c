/* System calls with effects, nothing else. Leaf: knows nobody. */
#include "sys.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

/* include/uapi/linux/pidfd.h of Linux 6.15; Debian 12's headers are older. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
	uint32_t coredump_mask; /* 6.16 */
	uint32_t spare;
};
#define PIDFD_INFO_EXIT     (1 << 3)
#define PIDFD_INFO_COREDUMP (1 << 4)
#define PIDFD_GET_INFO      _IOWR(0xFF, 11, struct pidfd_info)

void sys_sigmask(uint64_t set, uint64_t *old)
{
	(void)raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&set, (long)old, sizeof(set), 0);
}

void sys_sigaction(int sig, const struct sys_sigaction *act, struct sys_sigaction *old)
{
	(void)raw_call(SYS_rt_sigaction, sig, (long)act, (long)old, sizeof(uint64_t), 0);
}

bool sys_is_from_terminal(const siginfo_t *info)
{
	if (info->si_code != SI_KERNEL)
		return false;
	switch (info->si_signo) {
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGWINCH:
	case SIGHUP:
	case SIGCONT:
		return true;
	default:
		return false;
	}
}

siginfo_t *sys_signal_value(int sig, siginfo_t *info)
{
	if (!info || info->si_code >= 0 || info->si_code == SI_TKILL)
		return NULL;
	info->si_signo = sig;
	return info;
}

int sys_forward_signal(pid_t pid, int sig, siginfo_t *info)
{
	info = sys_signal_value(sig, info);
	if (info && raw_call(SYS_rt_sigqueueinfo, pid, sig, (long)info, 0, 0) == 0)
		return 0;
	return sys_kill(pid, sig);
}

bool sys_stop_self(void)
{
	static const uint64_t cont = UINT64_C(1) << (SIGCONT - 1);
	static const struct timespec now;

	/* While still blocked: the terminal's own may be pending, and two would stop us twice. */
	(void)sys_kill(getpid(), SIGTSTP);
	sys_sigmask(SIGSET_ALL & ~(UINT64_C(1) << (SIGTSTP - 1)), NULL);
	sys_sigmask(SIGSET_ALL, NULL);
	return raw_call(SYS_rt_sigtimedwait, (long)&cont, 0, (long)&now, sizeof(cont), 0) > 0;
}

int sys_pidfd_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info)
{
	return (int)raw_call(SYS_pidfd_send_signal, pidfd, sig, (long)info, 0, 0);
}

int sys_pidfd_exit_status(int pidfd, int *status)
{
	struct pidfd_info info = { .mask = PIDFD_INFO_EXIT };

	long err = raw_call(SYS_ioctl, pidfd, (long)PIDFD_GET_INFO, (long)&info, 0, 0);

	if (err)
		return (int)err;
	if (!(info.mask & PIDFD_INFO_EXIT))
		return -EAGAIN;
	*status = info.exit_code;
	return 0;
}

bool sys_pidfd_keeps_exit(int pidfd)
{
	/* A living process never has PIDFD_INFO_EXIT set, and unknown bits are ignored, so ask for
	 * what came one release later and shows on the living. 6.15 itself takes the ordinary loop.
	 */
	struct pidfd_info info = { .mask = PIDFD_INFO_COREDUMP };

	return ioctl(pidfd, PIDFD_GET_INFO, &info) == 0 && (info.mask & PIDFD_INFO_COREDUMP);
}

static int close_above(unsigned first, unsigned last)
{
	if (first > last)
		return 0;
	return syscall(SYS_close_range, first, last, 0) < 0 ? -errno : 0;
}

struct keep {
	const int *fd;
	unsigned n;
	int dir;
};

static int close_one(unsigned fd, void *arg)
{
	const struct keep *keep = arg;

	for (unsigned i = 0; i < keep->n; i++) {
		if ((unsigned)keep->fd[i] == fd)
			return 0;
	}
	if (fd > 2 && (int)fd != keep->dir)
		(void)close((int)fd);
	return 0;
}

/* Before 5.9, or behind a filter that doesn't know close_range. */
static void close_listed(const int *fd, unsigned n)
{
	struct keep keep = { fd, n, open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC) };

	if (keep.dir < 0)
		return;
	(void)sys_each_number(keep.dir, close_one, &keep);
	(void)close(keep.dir);
}

void sys_close_above_2(const int *keep, unsigned nkeep)
{
	unsigned first = 3;
	int err = 0;

	for (unsigned i = 0; i < nkeep && !err; i++) {
		if (keep[i] < (int)first)
			continue;
		err = close_above(first, (unsigned)keep[i] - 1);
		first = (unsigned)keep[i] + 1;
	}
	if (!err)
		err = close_above(first, ~0U);
	if (err)
		close_listed(keep, nkeep);
}

int sys_write_file(const char *path, const char *text)
{
	size_t len = 0;
	ssize_t n;
	int fd = sys_open(path, O_WRONLY | O_NOCTTY);
	int err = 0;

	if (fd < 0)
		return fd;
	while (text[len])
		len++;
	n = write(fd, text, len);
	if (n < 0)
		err = -errno;
	else if ((size_t)n != len)
		err = -EIO;
	(void)close(fd);
	return err;
}

ssize_t sys_read_file(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = 0;
	int fd = sys_open(path, O_RDONLY | O_NOCTTY);

	if (fd < 0)
		return fd;
	while (len < size - 1) {
		n = read(fd, buf + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (n < 0)
		n = -errno;
	(void)close(fd);
	buf[len] = '\0';
	return n < 0 ? n : (ssize_t)len;
}

uint64_t sys_now_ms(void)
{
	struct timespec ts;

	/* Not by the vDSO: those who ask do so a few times in their life, and finding it costs more
	 * page faults than this is calls. */
	(void)raw_call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&ts, 0, 0, 0);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

struct timespec *sys_time_left(uint64_t until_ms, struct timespec *left)
{
	uint64_t now, ms;

	if (!until_ms)
		return NULL;
	now = sys_now_ms();
	ms = until_ms > now ? until_ms - now : 0;
	*left = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
	return left;
}

/* The kernel's struct linux_dirent64; opendir(3) would allocate. */
struct dirent_head {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

static int number_of(const char *name, unsigned *number)
{
	*number = 0;
	for (; *name >= '0' && *name <= '9'; name++)
		*number = *number * 10 + (unsigned)(*name - '0');
	return *name ? -EINVAL : 0;
}

int sys_each_number(int dir, int (*fn)(unsigned number, void *arg), void *arg)
{
	_Alignas(8) char buf[2048];
	unsigned number;
	long n = 0;
	int ret = 0;

	while (!ret && (n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n && !ret;) {
			const struct dirent_head *entry = (const void *)(buf + at);

			if (!number_of(entry->name, &number))
				ret = fn(number, arg);
			at += entry->reclen;
		}
	}
	return n < 0 ? -errno : ret;
}

pid_t sys_clone(unsigned long flags, int *pidfd)
{
	/* The stack comes first there. */
#if defined(__s390__) || defined(__CRIS__)
	long pid = syscall(SYS_clone, NULL, flags, pidfd, NULL, 0);
#else
	long pid = syscall(SYS_clone, flags, NULL, pidfd, NULL, 0);
#endif

	return pid < 0 ? -errno : (pid_t)pid;
}

pid_t sys_fork_pidfd(int *pidfd)
{
	*pidfd = -1;
	return sys_clone(CLONE_PIDFD | SIGCHLD, pidfd);
}
