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

static bool ends_machine(enum ending ending)
{
	return ending == ENDING_POWER_OFF || ending == ENDING_REBOOT || ending == ENDING_HALT;
}

/* reboot(2) of anybody else than PID 1 is the end of a machine that isn't ours. */
static int check_end(const struct spec_end *end)
{
	if (!ends_machine(end->on_success) && !ends_machine(end->on_failure))
		return 0;
	log_error("%s ends the machine that PID 1 keeps, and this is not PID 1: expected exit or "
		  "restart",
		  ends_machine(end->on_success) ? "--on-success" : "--on-failure");
	return -EINVAL;
}

static int check_reports(const struct spec_end *end)
{
	for (unsigned i = 0; i < end->nreports; i++) {
		if (end->report[i].kind != REPORT_ISA_DEBUG_EXIT)
			continue;
		log_error("--report=isa-debug-exit: expected only in a VM, whose end it is");
		return -EINVAL;
	}
	return 0;
}

int spec_check(const struct spec *spec)
{
	int err = spec->world == WORLD_VM ? 0 : check_reports(&spec->end);

	if (err)
		return err;
	if (spec->verb == VERB_RUN || getpid() == 1)
		return 0;
	return check_enter(&spec->enter) ?: check_end(&spec->end);
}

int spec_failure(const struct spec *spec)
{
	return spec->run.bwrap ? 1 : CRADLE_EXIT_FAILURE;
}

void spec_keep(struct spec *spec, int fd)
{
	if (spec->core.nkeep_fd < CRADLE_KEEP_MAX)
		spec->keep[spec->core.nkeep_fd++] = fd;
	spec->core.keep_fd = spec->keep;
}

void spec_finish(struct spec *spec)
{
	bool vm = spec->world == WORLD_VM;
	unsigned restart = CRADLE_RESTART_SUCCESS | CRADLE_RESTART_FAILURE;

	finish_end(&spec->end, &spec->core, spec->world);
	/* Whoever gained privileges would be misled by what is refused to him (seccomp(2),
	 * landlock(7)). */
	if (spec->verb == VERB_INIT && !spec->run.confine.privileges_given &&
	    (spec->seccomp.n || spec->run.confine.landlock))
		spec->run.confine.gain_privileges = false;
	if (!spec->leftovers_given && vm)
		spec->core.leftovers = CRADLE_LEFTOVERS_TERM;
	/* As an entrypoint without --grace it only forwards, like tini. But who restarts its agent
	 * must hear when to stop doing so. */
	if (vm || spec->grace_given || (spec->core.flags & restart))
		world_requests(spec->world, &spec->core);
	/* A machine's PID 1 must hear of Ctrl-Alt-Del even while the agent's file system hangs; any
	 * other has somebody outside who can kill it. */
	spec->core.flags |= vm ? CRADLE_NEW_SESSION : CRADLE_SHARE_MEMORY;
}

enum ending spec_ending(const struct spec *spec, const struct cradle_result *result)
{
	static const enum ending requested[] = { [CRADLE_REQUEST_STOP] = ENDING_EXIT,
						 [CRADLE_REQUEST_POWER_OFF] = ENDING_POWER_OFF,
						 [CRADLE_REQUEST_REBOOT] = ENDING_REBOOT,
						 [CRADLE_REQUEST_HALT] = ENDING_HALT };
	enum ending ending = result->code ? spec->end.on_failure : spec->end.on_success;
	bool vm = spec->world == WORLD_VM;

	/* A stop that was asked for isn't a crash, however the agent took it. */
	if (result->request)
		return vm ? requested[result->request] : ENDING_EXIT;
	if (ending == ENDING_RESTART || (ending == ENDING_PANIC && !vm))
		return ENDING_EXIT;
	/* The launcher outside takes reboot(2) for the agent's and would lose its code; only to
	 * begin anew does it need to be told. */
	if (spec->verb == VERB_RUN && ends_machine(ending) &&
	    !(ending == ENDING_REBOOT && spec->run.again_on_reboot))
		return ENDING_EXIT;
	return ending;
}
