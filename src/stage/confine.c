/* The agent gives up what isn't its own. Runs in the child, last thing before exec; may not fork or
 * touch what PID 1 holds. */
#include "enter.h"

#include "sys.h"

int confine(void *arg)
{
	const struct spec *spec = arg;

	/* PID 1 must not be chosen by the OOM killer, which would be the end of the machine; the
	 * agent may. The score is inherited by fork (proc(5)). */
	if (spec->world == WORLD_VM)
		(void)sys_write_file("/proc/self/oom_score_adj", "0");
	return 0;
}
