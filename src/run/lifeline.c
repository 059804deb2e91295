/* May do nothing but ask for the signal, and exit. */
#include "lifeline.h"

#include "cradle.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

void lifeline_tie(int parent)
{
	struct pollfd gone = { .fd = parent, .events = POLLIN };

	/* The parent may have died before prctl(2) took effect, and getppid() is 0 across PID
	 * namespaces whether it lives or not: the pidfd tells. KILL, as a namespace's init is
	 * killed by nothing else. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent >= 0 && poll(&gone, 1, 0) > 0)
		_exit(CRADLE_EXIT_FAILURE);
}
