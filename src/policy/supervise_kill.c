/* End a process whose call waits for our answer. May send signals to that process alone. */
#include "supervise_kill.h"

#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Linux 6.9; before it pidfd_open(2) says EINVAL, or EINVAL for what isn't a group's leader. */
enum { PIDFD_OF_THREAD = O_EXCL };

static uint64_t read_mask(const char *status, const char *word)
{
	const char *at = strstr(status, word);

	return at ? strtoull(at + strlen(word), NULL, 16) : 0;
}

/* The last number: what the process calls itself. */
static bool is_init(const char *status)
{
	const char *at = strstr(status, "\nNSpid:"), *end = at ? strchr(at + 1, '\n') : NULL;

	return end && end[-1] == '1' && end[-2] == '\t';
}

/* SIGSYS as the kernel sends it can't be blocked and ends an init, too; ours has to be SIGKILL. */
static int choose_signal(pid_t tid, bool trap)
{
	const uint64_t sigsys = (uint64_t)1 << (SIGSYS - 1);
	char path[64], status[4096];

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	if (sys_read_file(path, status, sizeof(status)) < 0)
		return SIGKILL;
	if ((read_mask(status, "\nSigBlk:") | read_mask(status, "\nSigIgn:")) & sigsys)
		return SIGKILL;
	if (read_mask(status, "\nSigCgt:") & sigsys)
		return trap ? SIGSYS : SIGKILL;
	return is_init(status) ? SIGKILL : SIGSYS;
}

static pid_t find_process(pid_t tid)
{
	char path[64], status[4096];
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	if (sys_read_file(path, status, sizeof(status)) < 0)
		return tid;
	at = strstr(status, "\nTgid:");
	return at ? (pid_t)strtol(at + strlen("\nTgid:"), NULL, 10) : tid;
}

static int open_caller(pid_t tid)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_OF_THREAD);

	return fd >= 0 ? fd : sys_pidfd_open(find_process(tid));
}

int kill_caller(const struct listener *listener, bool trap)
{
	pid_t tid = (pid_t)listener->notif->pid;
	int fd = open_caller(tid);
	int err;

	if (fd < 0)
		return fd;
	/* It still waits, so the descriptor is of it and not of one that got its number. */
	if (listener_waits(listener))
		err = sys_pidfd_send_signal(fd, choose_signal(tid, trap), NULL);
	else
		err = -ESRCH;
	(void)close(fd);
	return err;
}
