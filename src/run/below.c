/* May fork once, a process that does nothing but clone; what it clones is our own child.
 *
 * setns(2) puts only children into a PID namespace, and a new one can be made only by who lives in
 * its parent (pid_namespaces(7)). */
#include "below.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The number that a pidfd has in our PID namespace. */
static pid_t pid_of(int pidfd)
{
	char path[48], text[1024];
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (sys_read_file(path, text, sizeof(text)) < 0)
		return -ESRCH;
	at = strstr(text, "Pid:");
	return at ? (pid_t)strtol(at + 4, NULL, 10) : -ESRCH;
}

pid_t below_clone(pid_t (*make)(void *arg, int *pidfd), void *arg)
{
	/* The next that the kernel will give, in a table that only we two use. */
	int status, pidfd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), ours;
	long pid;

	if (pidfd < 0)
		return -errno;
	(void)close(pidfd);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		pid = make(arg, &ours);
		if (pid == 0)
			return 0;
		_exit(pid < 0 ? (int)-pid : ours == pidfd ? 0 : EBADFD);
	}
	while (waitpid((pid_t)pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
	pid = pid_of(pidfd);
	(void)close(pidfd);
	return (pid_t)pid;
}
