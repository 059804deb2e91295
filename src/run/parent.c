/* The parent, which may be gone at any moment. */
#include "parent.h"

#include "cradle.h"
#include "sys.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* PR_SET_PDEATHSIG is only the fallback: it fires when the *thread* that forked us ends (prctl(2)),
 * so a sandbox that a worker thread started would be killed in mid-life. */
int parent_open(void)
{
	pid_t parent = getppid();
	int fd = parent ? sys_pidfd_open(parent) : -1;

	if (fd < 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It ended in between, and the descriptor may be somebody else's. 0: it is outside of our
	 * PID namespace, where nothing can be seen of it. */
	if (getppid() != parent)
		_exit(CRADLE_EXIT_FAILURE);
	return fd;
}
