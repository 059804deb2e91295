/* cradle: which command. What it does stands in live.c. */
#include "doctor.h"
#include "helper.h"
#include "live.h"
#include "log.h"
#include "machine.h"
#include "tell.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int run_helper(char **argv)
{
	char path[PATH_MAX];

	if (helper_find(argv[0], path, sizeof(path)) < 0) {
		log_error("unknown command %s: expected init, run, enter, doctor, net or policy; "
			  "an agent is started by cradle init -- %s",
			  argv[0], argv[0]);
		return CRADLE_EXIT_FAILURE;
	}
	(void)execve(path, argv, environ);
	(void)log_errno(-errno, "cannot execute %s", path);
	return CRADLE_EXIT_CANNOT_EXEC;
}

static bool is_helper(const char *word)
{
	char path[PATH_MAX];

	return word[0] != '-' && !strchr(word, '/') && helper_find(word, path, sizeof(path)) == 0;
}

int main(int argc, char **argv)
{
	pid_t self = getpid();
	const char *first = argc > 1 ? argv[1] : NULL;
	int done = machine_command(argc, argv);

	if (done >= 0)
		return done;
	if (argc && !strcmp(util_basename(argv[0]), "bwrap"))
		return live_run(true, self, argv[0], argc - 1, argv + 1);
	/* A machine's PID 1 is init, whatever bare words the kernel puts first. */
	if (self == 1 && end_owns_machine())
		return live_init(WORLD_VM, argc - 1, argv + 1);
	done = tell(0, first);
	if (done >= 0)
		return done;
	if (first && !strcmp(first, "init"))
		return live_init(world_detect(), argc - 2, argv + 2);
	if (first && !strcmp(first, "run"))
		return live_run(false, self, argv[0], argc - 2, argv + 2);
	if (first && !strcmp(first, "bwrap"))
		return live_run(true, self, argv[0], argc - 2, argv + 2);
	if (first && !strcmp(first, "enter"))
		return live_enter(argc - 2, argv + 2);
	if (first && !strcmp(first, "doctor"))
		return doctor(argc - 2, argv + 2);
	if (first && is_helper(first))
		return run_helper(argv + 1);
	/* Options, a path, or anything as PID 1: an entrypoint. */
	if (self == 1 || (first && (first[0] == '-' || strchr(first, '/'))))
		return live_init(world_detect(), argc - 1, argv + 1);
	if (!first) {
		(void)tell(0, "--help");
		return CRADLE_EXIT_FAILURE;
	}
	return run_helper(argv + 1);
}
