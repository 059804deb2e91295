/* Locked mounts. May fork one child, which is gone when it returns. */
#include "root.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The less privileged copy, held open until somebody has entered it. */
static _Noreturn void hold_copy(int said, int until)
{
	char byte = unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? (char)errno : 0;

	(void)!write(said, &byte, 1);
	(void)!read(until, &byte, 1);
	_exit(0);
}

int mounts_lock(void)
{
	int said[2], until[2], pidfd = -1, err = 0;
	char byte = EIO;
	pid_t pid;

	if (pipe2(said, O_CLOEXEC) < 0 || pipe2(until, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot lock the mounts");
	pid = fork();
	if (pid == 0) {
		(void)close(until[1]);
		hold_copy(said[1], until[0]);
	}
	(void)close(said[1]);
	if (pid < 0 || read(said[0], &byte, 1) < 0)
		err = -errno;
	else if (byte)
		err = -byte;
	if (!err)
		err = pidfd = sys_pidfd_open(pid);
	if (err >= 0)
		err = syscall(SYS_setns, pidfd, CLONE_NEWNS) < 0 ? -errno : 0;
	(void)close(until[1]);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	(void)close(until[0]);
	(void)close(said[0]);
	if (pidfd >= 0)
		(void)close(pidfd);
	return err ? log_errno(err, "cannot lock the mounts against the capabilities that are kept")
		   : 0;
}
