/* sys.h - system calls as cradle wants them: -errno instead of errno, EINTR retried.
 *
 * The signal calls are raw because a C library hides signals 32 to 34 from its users
 * (signal(7)), which an init must block and forward like any other.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include "raw.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

#define SIGSET_ALL UINT64_MAX

/* rt_sigprocmask(2), with SIG_SETMASK; old may be NULL. */
void sys_sigmask(uint64_t set, uint64_t *old);

/* rt_sigaction(2) without a handler: ignored or default. Returns what it was: the handler as a
 * number (SIG_DFL, SIG_IGN, an address), so that sys_sigaction_restore can put it back. */
struct sys_sigaction {
	uintptr_t handler;
	unsigned long flags;
#ifndef __riscv /* its kernel returns from handlers by the vDSO alone */
	uintptr_t restorer;
#endif
	uint64_t mask;
};
void sys_sigaction(int sig, const struct sys_sigaction *act, struct sys_sigaction *old);

/* rt_sigtimedwait(2) on all 64 signals; timeout NULL waits for ever.
 * Returns the signal, or -EAGAIN, or -EINTR after this process was stopped and continued. */
static inline int sys_wait_signal(siginfo_t *info, const struct timespec *timeout)
{
	const uint64_t all = SIGSET_ALL;

	return (int)raw_call(SYS_rt_sigtimedwait, (long)&all, (long)info, (long)timeout,
			     sizeof(all), 0);
}

/* sigpending(2), of one signal. */
static inline bool sys_is_pending(int sig)
{
	uint64_t set = 0;

	(void)raw_call(SYS_rt_sigpending, (long)&set, sizeof(set), 0, 0, 0);
	return set >> (sig - 1) & 1;
}

/* kill(2) */
static inline int sys_kill(pid_t pid, int sig)
{
	return (int)raw_call(SYS_kill, pid, sig, 0, 0, 0);
}

/* wait4(2); usage is filled in by the kernel. */
static inline pid_t sys_wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return (pid_t)raw_call(SYS_wait4, pid, (long)status, options, (long)usage, 0);
}

/* ppoll(2), without changing the mask. Returns the number of descriptors, 0, or -errno. */
static inline int sys_poll(struct pollfd *fds, unsigned n, struct timespec *timeout)
{
	return (int)raw_call(SYS_ppoll, (long)fds, (long)n, (long)timeout, 0, sizeof(uint64_t));
}

/* Send sig on, as it came: a value that sigqueue(3) gave *info is kept. info may be NULL. */
int sys_forward_signal(pid_t pid, int sig, siginfo_t *info);

/* What of *info the kernel lets us send on: itself with a negative code but SI_TKILL, else NULL. */
siginfo_t *sys_signal_value(int sig, siginfo_t *info);

/* What the kernel sends for a terminal: to its foreground, and SIGHUP and SIGCONT on a hang-up. */
bool sys_is_from_terminal(const siginfo_t *info);

/* Stop this process as ^Z would: not if it is in an orphaned process group, where nobody could
 * continue it, which returns false. Returns when it was continued, with that SIGCONT taken off the
 * queue. All signals are blocked before and after. */
bool sys_stop_self(void);

/* pidfd_open(2) and friends; info may be NULL. */
int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info);

/* Exit status, as of wait(2), of a process that the kernel has already reaped.
 * Returns 0; -EAGAIN when the process isn't gone yet; another error when this kernel can't tell. */
int sys_pidfd_exit_status(int pidfd, int *status);

/* True if the kernel keeps exit statuses in pidfds (Linux 6.15). Asked of a living process. */
bool sys_pidfd_keeps_exit(int pidfd);

/* close_range(2) over everything above 2 but the given descriptors, which are in ascending order.
 */
void sys_close_above_2(const int *keep, unsigned nkeep);

/* openat(2) from the working directory; O_CLOEXEC is added. A C library makes two calls of it. */
static inline int sys_open(const char *path, int flags)
{
	return (int)raw_call(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, 0, 0);
}

/* Write the whole text to a file that exists (sysctl, uid_map ...) in one write(2). */
int sys_write_file(const char *path, const char *text);

/* Read a small file, NUL-terminated. Returns its length (cut at size - 1) or -errno. */
ssize_t sys_read_file(const char *path, char *buf, size_t size);

/* CLOCK_MONOTONIC. */
uint64_t sys_now_ms(void);

/* How long it is until that moment of sys_now_ms(), in *left, which is returned; 0: for ever, NULL.
 */
struct timespec *sys_time_left(uint64_t until_ms, struct timespec *left);

/* Call fn with each number among the entries of an open directory, e.g. the pids of /proc.
 * Allocates nothing. fn returns non-zero to stop; that value is returned, else 0 or -errno. */
int sys_each_number(int dir, int (*fn)(unsigned number, void *arg), void *arg);

/* clone(2) as fork(2) with these flags, and the signal of the child's end in them; pidfd: with
 * CLONE_PIDFD, else NULL. Runs no pthread_atfork(3), and no library knows of it. The pid, 0 in the
 * child, or -errno. */
pid_t sys_clone(unsigned long flags, int *pidfd);

/* Fork by clone(2), with the child's pidfd. *pidfd is -1 where the kernel has none (< 5.2). */
pid_t sys_fork_pidfd(int *pidfd);

#endif
