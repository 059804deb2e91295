/* A supervisor without namespaces: a subreaper below the launcher. What it is not: the init of a
 * PID namespace, with which all would end. So the end of the launcher reaches it as the end of
 * their socket, and it kills what it finds below itself. May change nothing but itself. */
#include "enter.h"

#include "log.h"
#include "pty.h"
#include "status.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What pty_enter() had installed for the same socket. */
static int (*terminal_event)(int socket);

static int pass_over(int socket)
{
	struct status_message message;
	int fd, err = status_receive(socket, &message, &fd);

	if (!err && fd >= 0)
		(void)close(fd);
	return err;
}

/* Each request is a step of the stop plan: to the agent, to all, and KILL to all. */
static int on_launcher(int socket)
{
	static int steps = 3;
	int ret = terminal_event ? terminal_event(socket) : pass_over(socket);

	if (ret >= 0)
		return ret;
	return steps-- > 0 ? CRADLE_REQUEST_STOP : ret;
}

static void watch_launcher(struct spec *spec)
{
	static struct cradle_watch watch;

	if (spec->core.nwatch)
		terminal_event = spec->core.watch[0].event;
	watch = (struct cradle_watch){ spec->run.status.launcher, on_launcher };
	spec->core.watch = &watch;
	spec->core.nwatch = 1;
}

static int change_dir(struct spec_run *run)
{
	int err = run->chdir && chdir(run->chdir) < 0 ? -errno : 0;

	run->pwd = run->chdir;
	return err ? log_errno(err, "cannot change to %s", run->chdir) : 0;
}

int walled_enter(struct spec *spec)
{
	int err = spec->run.confine.keep_keyring ? 0 : leave_keyring(&spec->run);

	if (!err)
		err = pty_enter(spec);
	if (!err)
		err = change_dir(&spec->run);
	watch_launcher(spec);
	/* Before Linux 6.12 nothing else keeps the agent from looking into it. */
	if (!err)
		(void)prctl(PR_SET_DUMPABLE, 0);
	return err;
}
