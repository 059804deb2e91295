/* The agent gives up what isn't its own. Runs in the child, last thing before exec; may not fork or
 * touch what PID 1 holds. */
#include "enter.h"

#include "log.h"
#include "sys.h"

int confine(void *arg)
{
	const struct spec *spec = arg;

	int err = 0;

	/* fork handed PID 1's score down (proc(5)); an agent that the OOM killer spares would be
	 * the end of everybody else. */
	if (spec->world == WORLD_VM)
		err = sys_write_file("/proc/self/oom_score_adj", "0");
	if (err)
		(void)log_warn_errno(err, "cannot give the agent an OOM score of 0");
	return 0;
}
