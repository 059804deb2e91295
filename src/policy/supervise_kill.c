/* End a process whose call waits for our answer. May send signals to that process alone. */
#include "supervise_kill.h"

#include "sys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Linux 6.9; before it pidfd_open(2) says EINVAL, or EINVAL for what isn't a group's leader. */
enum { PIDFD_OF_THREAD = O_EXCL };

enum { STATUS_SIZE = 4096, PATIENCE_MS = 100 };

/* Whether SIGSYS is in one of the sets, "\nSigBlk:" for example. */
static bool has_sigsys(const char *status, const char *set)
{
	const char *at = strstr(status, set);

	return at && strtoull(at + strlen(set), NULL, 16) >> (SIGSYS - 1) & 1;
}

static bool is_held_off(const char *status)
{
	return has_sigsys(status, "\nSigBlk:") || has_sigsys(status, "\nSigIgn:");
}

/* The last number: what the process calls itself. */
static bool is_init(const char *status)
{
	const char *at = strstr(status, "\nNSpid:"), *end = at ? strchr(at + 1, '\n') : NULL;

	return end && end[-1] == '1' && end[-2] == '\t';
}

static bool read_status(pid_t tid, char status[STATUS_SIZE])
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	return sys_read_file(path, status, STATUS_SIZE) >= 0;
}

static bool has_threads(const char *status)
{
	const char *at = strstr(status, "\nThreads:\t");

	return at && strtoul(at + strlen("\nThreads:\t"), NULL, 10) > 1;
}

static bool has_handler(const char *status)
{
	return !is_held_off(status) && has_sigsys(status, "\nSigCgt:");
}

bool kill_is_handled(const struct listener *listener)
{
	char status[STATUS_SIZE];

	return read_status((pid_t)listener->notif->pid, status) && has_handler(status);
}

/* SIGSYS as the kernel sends it can't be blocked and ends an init, too; ours has to be SIGKILL. */
static int choose_signal(pid_t tid, bool trap)
{
	char status[STATUS_SIZE];

	if (!read_status(tid, status) || is_held_off(status))
		return SIGKILL;
	if (has_handler(status))
		return trap ? SIGSYS : SIGKILL;
	return is_init(status) || (!trap && has_threads(status)) ? SIGKILL : SIGSYS;
}

static pid_t find_process(pid_t tid)
{
	char status[STATUS_SIZE];
	const char *at;

	if (!read_status(tid, status))
		return tid;
	at = strstr(status, "\nTgid:");
	return at ? (pid_t)strtol(at + strlen("\nTgid:"), NULL, 10) : tid;
}

static int open_caller(pid_t tid)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_OF_THREAD);

	return fd >= 0 ? fd : sys_pidfd_open(find_process(tid));
}

int kill_caller(const struct listener *listener, bool trap, int *process)
{
	pid_t tid = (pid_t)listener->notif->pid;
	int fd = open_caller(tid);
	int err;

	if (fd < 0)
		return fd;
	*process = sys_pidfd_open(find_process(tid));
	/* It still waits, so the descriptors are of it and not of one that got its number. */
	if (!listener_waits(listener))
		err = -ESRCH;
	else if (*process < 0)
		err = *process;
	else
		err = sys_pidfd_send_signal(fd, choose_signal(tid, trap), NULL);
	(void)close(fd);
	if (err && *process >= 0)
		(void)close(*process);
	return err;
}

static bool is_dumping(pid_t pid)
{
	char status[STATUS_SIZE];

	return read_status(pid, status) && strstr(status, "\nCoreDumping:\t1");
}

void kill_insist(int process, pid_t tid)
{
	struct pollfd end = { .fd = process, .events = POLLIN };
	int n = poll(&end, 1, PATIENCE_MS);

	if (n == 0 && !is_dumping(find_process(tid)))
		(void)sys_pidfd_send_signal(process, SIGKILL, NULL);
	(void)close(process);
}
