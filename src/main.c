/* cradle: the command table, and the flow of everything in one screen (live()). */
#include "console.h"
#include "enter.h"
#include "front.h"
#include "helper.h"
#include "keys.h"
#include "launch.h"
#include "log.h"
#include "report.h"
#include "shutdown.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void finish(struct spec *spec, const struct cradle_result *result)
{
	enum ending ending = spec_ending(spec, result);

	report_write(spec, result, ending);
	if (spec->world == WORLD_VM)
		vm_leave();
	report_last(&spec->end, result->code);
	end_world(ending, result->code);
}

/* PID 1, or whoever plays it, from the moment its world is complete: fork, supervise, end. */
static _Noreturn void live(struct spec *spec, int err)
{
	struct cradle_result result = { .code = CRADLE_EXIT_FAILURE, .exit_code = -1 };
	int keep[SPEC_REPORTS];

	if (!err && spec->verb == VERB_INIT)
		err = report_open(&spec->end, keep, &spec->core.nkeep_fd);
	else if (!err)
		for (unsigned i = 0; i < spec->end.nreports; i++)
			keep[i] = spec->end.report[i].fd;
	if (!err) {
		spec->core.keep_fd = keep;
		spec->core.confine = confine;
		spec->core.arg = spec;
		spec->core.envp = environment(spec->world);
		err = cradle_supervise(&spec->core, &result);
		if (err)
			(void)log_errno(err, "cannot fork the agent");
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

	if (!err)
		err = need_agent(spec, agent);
	/* Even after an error: how to end is part of it. */
	err = spec_finish(spec) ?: err;
	log_set_level(LOG_LEVEL_WARN + spec->verbosity);
	if (!err && spec->pdeathsig)
		(void)prctl(PR_SET_PDEATHSIG, spec->pdeathsig);
	return err;
}

static int init_in(enum world world, int argc, char **argv)
{
	static struct spec spec;
	int err;

	cradle_block_signals();
	spec.verb = VERB_INIT;
	spec.world = world;
	if (spec.world == WORLD_VM)
		vm_enter_early();
	else
		console_fill(0);
	err = plan(&spec, argc, argv);
	if (!err)
		err = spec.world == WORLD_VM ? vm_enter(&spec) : enter_asked(&spec.enter);
	live(&spec, err);
}

static int init_command(int argc, char **argv)
{
	return init_in(world_detect(), argc, argv);
}

static void inside(struct spec *spec, struct namespace_ids ids)
{
	live(spec, namespace_enter(spec, ids));
}

static int run_command(int argc, char **argv)
{
	static struct spec spec;
	int keep[SPEC_REPORTS];

	cradle_block_signals();
	console_fill(0);
	spec.verb = VERB_RUN;
	spec.world = WORLD_NAMESPACE;
	/* Outside: a file named on the command line is the host's. */
	if (plan(&spec, argc, argv) < 0 || report_open(&spec.end, keep, &spec.core.nkeep_fd) < 0)
		return CRADLE_EXIT_FAILURE;
	return launch(&spec, inside);
}

static const struct command {
	const char *name;
	enum verb verb;
	int (*run)(int argc, char **argv); /* without the names before */
	const char *help;
} commands[] = {
	{ "init", VERB_INIT, init_command, "be init here: PID 1, or a subreaper" },
	{ "run", VERB_RUN, run_command, "be init in new namespaces, without root" },
};

static int print_version(void)
{
	static const char *const helpers[] = { "net", "policy" };
	char path[PATH_MAX];

	(void)dprintf(STDOUT_FILENO, "cradle %s (%s, %s)\n", CRADLE_VERSION, BUILD_LIBC,
		      BUILD_LINK);
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		(void)dprintf(STDOUT_FILENO, "cradle-%s: %s\n", helpers[i],
			      helper_find(helpers[i], path, sizeof(path)) ? "not found" : path);
	return 0;
}

static int print_help(const struct command *command)
{
	if (command) {
		(void)dprintf(STDOUT_FILENO,
			      "Usage: cradle %s [OPTIONS] [--] AGENT [ARG...]\n%s.\n\n",
			      command->name, command->help);
		keys_help(command->verb);
		(void)dprintf(
			STDOUT_FILENO,
			"  -l, --license, -h, --help, -V, --version\n\n"
			"Exit code: the agent's; 128+N if signal N killed it; 125 cradle failed, "
			"126 the agent\ncan't be executed, 127 it wasn't found.\n");
		return 0;
	}
	(void)dprintf(STDOUT_FILENO, "Usage: cradle COMMAND [OPTIONS]\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		(void)dprintf(STDOUT_FILENO, "  %-10s%s\n", commands[i].name, commands[i].help);
	(void)dprintf(STDOUT_FILENO, "  %-10s%s\n\n", "net",
		      "set up network interfaces (cradle-net)");
	(void)dprintf(STDOUT_FILENO, "As PID 1, and with options first, `init` is what runs.\n"
				     "cradle COMMAND --help tells a command's options.\n");
	return 0;
}

static int print_license(void)
{
	(void)dprintf(STDOUT_FILENO, "cradle is free software under the MIT license "
				     "(SPDX-License-Identifier: MIT); there is no warranty.\n");
	return 0;
}

/* -h, -V, -l as the first word, or the first after a command. Returns -1 if it's none of them. */
static int tell(const struct command *command, const char *word)
{
	if (!word)
		return -1;
	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		return print_help(command);
	if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		return print_version();
	if (!strcmp(word, "-l") || !strcmp(word, "--license"))
		return print_license();
	return -1;
}

static int run_helper(char **argv)
{
	char path[PATH_MAX];

	if (helper_find(argv[0], path, sizeof(path)) < 0) {
		log_error("unknown command %s: expected init, run or net; an agent is started by "
			  "cradle init -- %s",
			  argv[0], argv[0]);
		return CRADLE_EXIT_FAILURE;
	}
	(void)execve(path, argv, environ);
	(void)log_errno(-errno, "cannot execute %s", path);
	return CRADLE_EXIT_CANNOT_EXEC;
}

/* poweroff, reboot, halt: links to cradle, so that whoever calls the system's command is heard. */
static int shutdown_command(const char *name, int argc, char **argv)
{
	static const char *const names[] = { "poweroff", "reboot", "halt" };
	bool force = argc > 1 && (!strcmp(argv[1], "-f") || !strcmp(argv[1], "--force"));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int err;

		if (strcmp(name, names[i]))
			continue;
		err = force ? end_machine((enum cradle_how)i) : shutdown_ask((enum cradle_how)i);
		if (err)
			(void)log_errno(err, "cannot ask PID 1 for %s%s", name,
					err == -ESRCH ? " (it is no cradle; -f does it directly)"
						      : "");
		return err ? CRADLE_EXIT_FAILURE : 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : NULL;
	int done = shutdown_command(util_basename(argc ? argv[0] : ""), argc, argv);

	if (done >= 0)
		return done;
	/* A machine's PID 1 is init, whatever bare words the kernel puts first. */
	if (getpid() == 1 && end_owns_machine())
		return init_in(WORLD_VM, argc - 1, argv + 1);
	done = tell(NULL, first);
	if (done >= 0)
		return done;
	for (size_t i = 0; first && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(first, commands[i].name))
			continue;
		done = tell(&commands[i], argv[2]);
		return done >= 0 ? done : commands[i].run(argc - 2, argv + 2);
	}
	/* Options, a path, or anything as PID 1: an entrypoint. */
	if (getpid() == 1 || (first && (first[0] == '-' || strchr(first, '/'))))
		return init_command(argc - 1, argv + 1);
	if (!first) {
		(void)print_help(NULL);
		return CRADLE_EXIT_FAILURE;
	}
	return run_helper(argv + 1);
}
