/* A filter with a listener. In the agent, last thing before exec, whose memory is PID 1's: no heap,
 * and nothing that stays. */
#include "listener.h"

#include "cradle.h"
#include "log.h"
#include "raw.h"
#include "status.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1UL << 3)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { NOT_YET = INT32_MIN, STACK = 8192, NAP_NS = 50000 };

/* What both threads see. */
struct handover {
	int socket;
	int listener;    /* NOT_YET, or -errno */
	bool wait;       /* until it was received */
	uint32_t thread; /* zeroed by the kernel when the thread is gone (CLONE_CHILD_CLEARTID) */
};

/* A supervisor of ours keeps its end as long as it lives; and with it goes what it hasn't read. */
static bool is_alone(int socket)
{
	struct pollfd end = { .fd = socket };
	struct timespec now = { 0 };

	return raw_call(SYS_ppoll, (long)&end, 1, (long)&now, 0, 0) > 0 && end.revents & POLLHUP;
}

/* The filtered thread may not even wake anybody, so it is watched. */
static int hand_over(void *arg)
{
	static const struct timespec nap = { .tv_nsec = NAP_NS };
	struct handover *to = arg;
	int fd, err = 0, unread;

	while ((fd = __atomic_load_n(&to->listener, __ATOMIC_ACQUIRE)) == NOT_YET)
		(void)raw_call(SYS_nanosleep, (long)&nap, 0, 0, 0, 0);
	if (fd >= 0)
		err = status_send_fd(to->socket, fd);
	/* Before it asks for it, a supervisor of ours may still be looked into. */
	while (fd >= 0 && !err && to->wait &&
	       raw_call(SYS_ioctl, to->socket, SIOCOUTQ, (long)&unread, 0, 0) == 0 && unread > 0)
		(void)raw_call(SYS_nanosleep, (long)&nap, 0, 0, 0, 0);
	if (fd >= 0 && !err && to->wait && is_alone(to->socket))
		err = -EPIPE;
	if (err) {
		(void)log_errno(err, "cannot hand over the listener of the seccomp filter%s",
				err == -EPIPE ? " (who was to get it is gone)" : "");
		/* Nobody would answer the other thread. */
		(void)raw_call(SYS_exit_group, CRADLE_EXIT_FAILURE, 0, 0, 0, 0);
	}
	(void)raw_call(SYS_exit, 0, 0, 0, 0, 0);
	return 0;
}

static void relax(void)
{
#if defined(__x86_64__)
	__asm__ volatile("pause");
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Without the flag a signal interrupts a call that was already received, and a debugger can make
 * the answer come to nothing; Linux 5.19 has it. */
static int load(const struct sock_fprog *program)
{
	const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	long fd = raw_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			   flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, (long)program, 0, 0);

	if (fd == -EINVAL)
		fd = raw_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, (long)program, 0, 0);
	return (int)fd;
}

/* A thread and not a process, as PID 1 itself may have no sibling (clone(2): CLONE_PARENT), and
 * exec ends it whatever happens. */
int listener_load(const struct sock_fprog *program, int socket, bool wait)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
	struct handover to = { .socket = socket, .listener = NOT_YET, .wait = wait, .thread = 1 };
	_Alignas(16) char stack[STACK];
	int fd;

	if (clone(hand_over, stack + STACK, flags, &to, NULL, NULL, &to.thread) < 0)
		return -errno;
	fd = load(program);
	__atomic_store_n(&to.listener, fd, __ATOMIC_RELEASE);
	/* It stands on our stack. */
	while (__atomic_load_n(&to.thread, __ATOMIC_ACQUIRE))
		relax();
	return fd < 0 ? fd : 0;
}
