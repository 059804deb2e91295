/* The flow of everything in one screen: plan, enter, supervise, report, leave, end. */
#include "live.h"

#include "console.h"
#include "dump.h"
#include "enter.h"
#include "entry.h"
#include "explain.h"
#include "front.h"
#include "hold.h"
#include "launch.h"
#include "log.h"
#include "refuse.h"
#include "refused.h"
#include "report.h"
#include "rights.h"
#include "ruleset.h"
#include "status.h"
#include "tell.h"
#include "terminal.h"
#include "user.h"
#include "util.h"
#include "walled.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Before the namespaces are torn down, which takes longer than all that the launcher has left to
 * do. */
static void tell_launcher(const struct spec *spec, const struct cradle_result *result)
{
	struct status_message message = { .type = STATUS_RESULT,
					  .result = *result,
					  .not_enforced = spec->run.not_enforced };

	(void)status_send(spec->run.status.launcher, &message, -1);
}

static _Noreturn void finish_sandbox(const struct spec *spec, const struct cradle_result *result)
{
	tell_launcher(spec, result);
	_exit(result->code);
}

static _Noreturn void finish(struct spec *spec, const struct cradle_result *result)
{
	enum ending ending = spec_ending(spec, result);

	report_write(spec, result, ending);
	/* A reboot of the namespace is told by the kernel. */
	if (spec->verb == VERB_RUN && ending == ENDING_EXIT)
		finish_sandbox(spec, result);
	if (spec->world == WORLD_VM)
		vm_leave();
	report_last(&spec->end, result->code);
	end_world(ending, result->code);
}

/* bwrap ends with the agent, and what that left behind goes on without it. */
static void agent_ended(void *arg, const struct cradle_result *result)
{
	const struct spec *spec = arg;

	if (spec->seccomp.explainer)
		explain_await(spec);
	if (spec->run.bwrap && spec->core.leftovers == CRADLE_LEFTOVERS_WAIT)
		tell_launcher(spec, result);
}

static void settled(void *arg)
{
	scrub_environment(arg);
}

static void tell_end(const struct spec *spec, const struct cradle_result *result)
{
	char name[16];

	/* A launcher tells it, whose kernel log isn't out of reach. Whether who explains has told
	 * it isn't known here: his exit code goes to nobody. */
	if (result->signal == SIGSYS && spec->verb == VERB_INIT)
		refused_tell(spec, true);
	if (result->signal)
		log_info("the agent was killed by signal %s",
			 util_signal_name(result->signal, name));
	else
		log_info("the agent exited with code %d", result->exit_code);
	if (result->counted)
		log_info("%llu orphans were reaped", (unsigned long long)result->orphans);
}

/* What the agent still needs of our command line, before that is wiped. */
static int save_words(struct spec *spec)
{
	struct spec_run *run = &spec->run;

	if (run->confine.exec_label) {
		run->confine.exec_label = strdup(run->confine.exec_label);
		if (!run->confine.exec_label)
			return -ENOMEM;
	}
	if (run->argv0) {
		spec->core.file = strdup(spec->core.argv[0]);
		if (!spec->core.file)
			return -ENOMEM;
		((char **)(uintptr_t)spec->core.argv)[0] = (char *)(uintptr_t)run->argv0;
	}
	return 0;
}

/* What the child will be, made while memory may still be allocated. */
static int prepare(struct spec *spec)
{
	int err = spec->verb == VERB_INIT ? filter_find(spec) ?: explain_prepare(spec) : 0;

	if (err)
		return err;
	/* By ptrace(2) or /proc/1/mem an agent of the same user would have us do what a policy
	 * refuses to it. In a sandbox that is so in any case. */
	if (spec->verb == VERB_INIT && spec->seccomp.n)
		(void)prctl(PR_SET_DUMPABLE, 0);
	spec->core.confine = confine;
	spec->core.filter = spec->seccomp.n ? filter : NULL;
	spec->core.exec_failed = exec_failed;
	spec->core.ended = spec->run.bwrap || spec->seccomp.explainer ? agent_ended : NULL;
	spec->core.settled = spec->verb == VERB_RUN ? settled : NULL;
	spec->core.arg = spec;
	if (spec->run.confine.user)
		err = user_inside(spec);
	if (!err && spec->run.confine.landlock)
		err = ruleset_make(spec);
	if (spec->run.confine.landlock && spec->run.confine.landlock->npaths)
		spec->core.denied = " (by Landlock, unless it and its loader are below a "
				    "--landlock-exec, or it lacks execute permission)";
	if (err)
		return err;
	spec->core.envp = environment(spec);
	err = spec->core.envp ? save_words(spec) : -ENOMEM;
	if (!err && spec->verb == VERB_RUN)
		err = scrub_words(spec);
	return err ? log_errno(err, "cannot prepare the agent") : 0;
}

/* PID 1, or whoever plays it, from the moment its world is complete: fork, supervise, end. */
static _Noreturn void live(struct spec *spec, int err)
{
	struct cradle_result result = { .code = CRADLE_EXIT_FAILURE, .exit_code = -1 };

	/* In a VM their devices had to come first. */
	if (!err && !spec->end.opened)
		err = report_open(spec);
	if (!err)
		err = prepare(spec);
	if (!err) {
		log_info("world %s, %s: starting %s", world_name(spec->world),
			 (spec->verb == VERB_RUN && !spec->run.walled) || cradle_is_pid1()
				 ? "PID 1"
				 : "a subreaper",
			 spec->core.argv[0]);
		err = cradle_supervise(&spec->core, &result);
		if (err)
			(void)log_errno(err, "cannot fork the agent");
		else
			tell_end(spec, &result);
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
		pid_t parent = getppid();

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
	spec_confine_nothing(&spec.run.confine);
	if (spec.world == WORLD_VM)
		vm_enter_early();
	else
		console_fill(false);
	err = plan(&spec, argc, argv);
	if (spec.tell)
		return tell_and_end(&spec);
	if (!err)
		err = spec_finish_policies(&spec);
	if (!err)
		err = world == WORLD_VM ? vm_enter(&spec) : report_open(&spec);
	if (!err && world != WORLD_VM)
		err = enter_asked(&spec.enter);
	live(&spec, err);
}

static void inside(struct spec *spec, const struct inside *in)
{
	int err;

	spec->run.status.launcher = in->status;
	err = spec->run.walled ? walled_enter(spec) : namespace_enter(spec, in);
	if (!err)
		err = hold(spec);
	if (!err && spec->run.as_pid_1)
		err = prepare(spec);
	if (err)
		_exit(spec_failure(spec));
	if (spec->run.as_pid_1)
		cradle_become(&spec->core);
	live(spec, err);
}

int live_run(bool bwrap, pid_t self, char *start, int argc, char **argv)
{
	static struct spec spec;
	int err;

	cradle_block_signals();
	console_fill(false);
	if (bwrap)
		log_set_name("bwrap");
	spec.verb = VERB_RUN;
	spec.world = WORLD_NAMESPACE;
	spec.run.argv_start = start;
	spec.run.argv_end = argc ? argv[argc - 1] + strlen(argv[argc - 1]) : start;
	spec.run.pid = self;
	sandbox_init(&spec, bwrap, (unsigned)getauxval(AT_UID), (unsigned)getauxval(AT_GID));
	if (bwrap && !spec.run.uid)
		spec.run.confine.caps = rights_permitted();
	spec.run.has_terminal = isatty(STDIN_FILENO);
	spec.run.no_terminal = !bwrap && !spec.run.has_terminal && !terminal_controls();
	err = refuse_setuid();
	if (!err)
		err = listen_keep(&spec);
	if (!err)
		err = plan(&spec, argc, argv);
	if (spec.tell)
		return bwrap ? tell_bwrap(spec.tell) : tell(VERB_RUN, spec.tell);
	if (!err)
		err = sandbox_finish(&spec);
	if (!err)
		err = spec_finish_policies(&spec);
	if (!err && spec.run.dry_run)
		return dump(&spec, STDOUT_FILENO) ? spec_failure(&spec) : 0;
	/* Outside: a file named on the command line is the host's. */
	if (!err)
		err = filter_find(&spec);
	if (err || report_open(&spec) < 0)
		return spec_failure(&spec);
	if (spec.run.walled)
		walled_warn(&spec);
	return launch(&spec, inside);
}

int live_enter(int argc, char **argv)
{
	static struct spec spec;
	int at;

	cradle_block_signals();
	spec.verb = VERB_ENTER;
	spec.world = WORLD_NAMESPACE;
	at = refuse_setuid() ?: from_argv(&spec, argc, argv);
	if (spec.tell)
		return tell(VERB_ENTER, spec.tell);
	/* Outside: a file named on the command line is the host's. */
	if (at < 0 || spec_finish_policies(&spec) < 0 || filter_find(&spec) < 0)
		return spec_failure(&spec);
	return entry(&spec, argv + at);
}
