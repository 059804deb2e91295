/* Defaults by world, and what contradicts itself. Pure but for what it logs. */
#include "spec.h"

#include "log.h"

#include <errno.h>
#include <unistd.h>

static void finish_end(struct spec_end *end, struct cradle_config *core, enum world world)
{
	bool vm = world == WORLD_VM;

	if (!end->on_success_given)
		end->on_success = vm ? ENDING_POWER_OFF : ENDING_EXIT;
	/* Any other end than a clean one has to be seen by the VMM. */
	if (!end->on_failure_given)
		end->on_failure = vm ? ENDING_PANIC : ENDING_EXIT;
	if (end->on_success == ENDING_RESTART)
		core->flags |= CRADLE_RESTART_SUCCESS;
	if (end->on_failure == ENDING_RESTART)
		core->flags |= CRADLE_RESTART_FAILURE;
	if (end->nreports)
		core->flags |= CRADLE_COUNT_ORPHANS;
}

/* Outside PID 1, "here" is somebody else's system. */
static int check_enter(const struct spec_enter *enter)
{
	const char *what = enter->hostname  ? "--hostname"
			   : enter->nmounts ? "--mount"
			   : enter->nnets   ? "--net"
			   : enter->modules ? "--modules"
					    : NULL;

	if (!what)
		return 0;
	log_error(
		"%s changes the system that PID 1 keeps, and this is not PID 1: use cradle run, or "
		"unshare --pid --fork",
		what);
	return -EINVAL;
}

int spec_finish(struct spec *spec)
{
	bool vm = spec->world == WORLD_VM;

	if (spec->verb == VERB_INIT && getpid() != 1) {
		int err = check_enter(&spec->enter);

		if (err)
			return err;
	}
	finish_end(&spec->end, &spec->core, spec->world);
	if (!spec->leftovers_given && vm)
		spec->core.leftovers = CRADLE_LEFTOVERS_TERM;
	/* As an entrypoint without --grace it only forwards, like tini. */
	if (vm || spec->grace_given)
		world_requests(spec->world, &spec->core);
	/* A machine's PID 1 must hear of Ctrl-Alt-Del even while the agent's file system hangs; any
	 * other has somebody outside who can kill it. */
	spec->core.flags |= vm ? CRADLE_NEW_SESSION : CRADLE_SHARE_MEMORY;
	return 0;
}

enum ending spec_ending(const struct spec *spec, const struct cradle_result *result)
{
	static const enum ending requested[] = { [CRADLE_REQUEST_STOP] = ENDING_EXIT,
						 [CRADLE_REQUEST_POWER_OFF] = ENDING_POWER_OFF,
						 [CRADLE_REQUEST_REBOOT] = ENDING_REBOOT,
						 [CRADLE_REQUEST_HALT] = ENDING_HALT };
	enum ending ending = result->code ? spec->end.on_failure : spec->end.on_success;

	/* A stop that was asked for isn't a crash, however the agent took it. */
	if (result->request && spec->world == WORLD_VM)
		return requested[result->request];
	if (result->request || ending == ENDING_RESTART)
		return ENDING_EXIT;
	return ending;
}
