/* cradle_shutdown(): directly, by asking PID 1, or by the system's own command. */
#include "shutdown.h"

#include "end.h"
#include "sys.h"
#include "world.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int shutdown_ask(enum cradle_how how)
{
	static const int signals[] = {
		[CRADLE_POWER_OFF] = 34 + 4, [CRADLE_REBOOT] = 34 + 5, [CRADLE_HALT] = 34 + 3
	};
	char comm[32];

	if (sys_read_file("/proc/1/comm", comm, sizeof(comm)) < 0 || strcmp(comm, WORLD_COMM "\n"))
		return -ESRCH;
	return kill(1, signals[how]) < 0 ? -errno : 0;
}

static int run_system_command(enum cradle_how how)
{
	static const char *const names[][3] = {
		[CRADLE_POWER_OFF] = { "/sbin/poweroff", "/usr/sbin/poweroff", "poweroff" },
		[CRADLE_REBOOT] = { "/sbin/reboot", "/usr/sbin/reboot", "reboot" },
		[CRADLE_HALT] = { "/sbin/halt", "/usr/sbin/halt", "halt" },
	};
	char *argv[] = { (char *)names[how][2], NULL };
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)execve(names[how][0], argv, environ);
		(void)execve(names[how][1], argv, environ);
		_exit(CRADLE_EXIT_NOT_FOUND);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == CRADLE_EXIT_NOT_FOUND ? -ENOENT : -EPERM;
}

int cradle_shutdown(enum cradle_how how)
{
	int err = cradle_was_forked_from_pid1() ? end_machine(how) : -EPERM;

	if (err != -EPERM)
		return err;
	err = shutdown_ask(how);
	return err == -ESRCH ? run_system_command(how) : err;
}
