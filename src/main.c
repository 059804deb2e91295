/* cradle: which command. What it does stands in live.c. */
#include "helper.h"
#include "live.h"
#include "log.h"
#include "shutdown.h"
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
		return live_init(WORLD_VM, argc - 1, argv + 1);
	done = tell(0, first);
	if (done >= 0)
		return done;
	if (first && !strcmp(first, "init"))
		return live_init(world_detect(), argc - 2, argv + 2);
	if (first && !strcmp(first, "run"))
		return live_run(argc - 2, argv + 2);
	/* Options, a path, or anything as PID 1: an entrypoint. */
	if (getpid() == 1 || (first && (first[0] == '-' || strchr(first, '/'))))
		return live_init(world_detect(), argc - 1, argv + 1);
	if (!first) {
		(void)tell(0, "--help");
		return CRADLE_EXIT_FAILURE;
	}
	return run_helper(argv + 1);
}
