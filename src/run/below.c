/* May fork once, a process that does nothing but clone; what it clones is our own child.
 *
 * setns(2) puts only children into a PID namespace, and a new one can be made only by who lives in
 * its parent (pid_namespaces(7)). */
#include "below.h"

#include "number.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t below_clone(pid_t (*make)(void *arg, int *pidfd), void *arg)
{
	/* The next that the kernel will give, in a table that only we two use. */
	int status, pidfd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), ours;
	pid_t pid;

	if (pidfd < 0)
		return -errno;
	(void)close(pidfd);
	pid = sys_clone(CLONE_FILES | SIGCHLD, NULL);
	if (pid < 0)
		return pid;
	if (pid == 0) {
		pid = make(arg, &ours);
		if (pid == 0)
			return 0;
		_exit(pid < 0 ? -pid : ours == pidfd ? 0 : EBADFD);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
	pid = number_of_pidfd(pidfd);
	(void)close(pidfd);
	return pid;
}
