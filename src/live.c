/* The flow of everything in one screen: plan, enter, supervise, report, leave, end. */
#include "live.h"

#include "console.h"
#include "enter.h"
#include "front.h"
#include "launch.h"
#include "log.h"
#include "report.h"
#include "tell.h"
#include "util.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static _Noreturn void finish(struct spec *spec, const struct cradle_result *result)
{
	enum ending ending = spec_ending(spec, result);

	report_write(spec, result, ending);
	if (spec->world == WORLD_VM)
		vm_leave();
	report_last(&spec->end, result->code);
	end_world(ending, result->code);
}

static void tell_end(const struct cradle_result *result)
{
	char name[16];

	if (result->signal)
		log_info("the agent was killed by signal %s",
			 util_signal_name(result->signal, name));
	else
		log_info("the agent exited with code %d", result->exit_code);
	if (result->counted)
		log_info("%llu orphans were reaped", (unsigned long long)result->orphans);
}

/* PID 1, or whoever plays it, from the moment its world is complete: fork, supervise, end. */
static _Noreturn void live(struct spec *spec, int err)
{
	struct cradle_result result = { .code = CRADLE_EXIT_FAILURE, .exit_code = -1 };

	/* In a VM their devices had to come first. */
	if (!err && !spec->end.opened)
		err = report_open(spec);
	if (!err) {
		spec->core.confine = confine;
		spec->core.arg = spec;
		spec->core.envp = environment(spec->world);
		log_info("world %s, %s: starting %s", world_name(spec->world),
			 cradle_is_pid1() ? "PID 1" : "a subreaper", spec->core.argv[0]);
		err = cradle_supervise(&spec->core, &result);
		if (err)
			(void)log_errno(err, "cannot fork the agent");
		else
			tell_end(&result);
	}
	finish(spec, &result);
}

static int need_agent(struct spec *spec, char **agent)
{
	spec->core.argv = agent;
	if (agent)
		return 0;
	log_error("no agent to run: expected %s",
		  spec->world == WORLD_VM ? "`-- /path/of/agent` at the end of the kernel "
					    "command line"
					  : "the program and its arguments after the options");
	return -EINVAL;
}

/* Everything that is asked for, checked, before anything is touched. */
static int plan(struct spec *spec, int argc, char **argv)
{
	pid_t parent = getppid();
	char **agent;
	int err = gather(spec, argc, argv, &agent);

	if (spec->tell)
		return 0;
	if (!err)
		err = need_agent(spec, agent);
	/* Even after an error: how to end is part of it. */
	spec_finish(spec);
	if (!err)
		err = spec_check(spec);
	log_set_level(LOG_LEVEL_WARN + spec->verbosity);
	if (!err && spec->pdeathsig) {
		(void)prctl(PR_SET_PDEATHSIG, spec->pdeathsig);
		/* It may have died before prctl(2). */
		if (getppid() != parent)
			(void)kill(getpid(), spec->pdeathsig);
	}
	return err;
}

/* A machine's PID 1 can't just return. */
static int tell_and_end(struct spec *spec)
{
	struct cradle_result result = { .code = tell(VERB_INIT, spec->tell) };

	spec_finish(spec);
	if (spec->world == WORLD_VM)
		finish(spec, &result);
	return result.code;
}

int live_init(enum world world, int argc, char **argv)
{
	static struct spec spec;
	int err;

	cradle_block_signals();
	spec.verb = VERB_INIT;
	spec.world = world;
	if (spec.world == WORLD_VM)
		vm_enter_early();
	else
		console_fill(false);
	err = plan(&spec, argc, argv);
	if (spec.tell)
		return tell_and_end(&spec);
	if (!err)
		err = world == WORLD_VM ? vm_enter(&spec) : report_open(&spec);
	if (!err && world != WORLD_VM)
		err = enter_asked(&spec.enter);
	live(&spec, err);
}

static void inside(struct spec *spec, struct namespace_ids ids)
{
	live(spec, namespace_enter(spec, ids));
}

int live_run(int argc, char **argv)
{
	static struct spec spec;
	int err;

	cradle_block_signals();
	console_fill(false);
	spec.verb = VERB_RUN;
	spec.world = WORLD_NAMESPACE;
	err = plan(&spec, argc, argv);
	if (spec.tell)
		return tell(VERB_RUN, spec.tell);
	/* Outside: a file named on the command line is the host's. */
	if (err || report_open(&spec) < 0)
		return CRADLE_EXIT_FAILURE;
	return launch(&spec, inside);
}
