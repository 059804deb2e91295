/* Find and run cradle-NAME; find what others have in PATH. */
#include "helper.h"

#include "cradle.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int try(char *path, size_t size, const char *dir, const char *below, const char *name)
{
	int n = snprintf(path, size, "%s%s/cradle-%s", dir, below, name);

	return n > 0 && (size_t)n < size && access(path, X_OK) == 0 ? 0 : -ENOENT;
}

int helper_find(const char *name, char *path, size_t size)
{
	const char *dir = getenv("CRADLE_EXEC_PATH");
	char exe[PATH_MAX];
	ssize_t n;

	if (dir && try(path, size, dir, "", name) == 0)
		return 0;
	if (try(path, size, LIBEXECDIR, "", name) == 0)
		return 0;
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return -ENOENT;
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	if (try(path, size, exe, "/../libexec/cradle", name) == 0)
		return 0;
	return try(path, size, exe, "", name);
}

int helper_in_path(const char *name, char *path, size_t size)
{
	const char *dirs = getenv("PATH");

	if (!dirs)
		dirs = "/usr/local/bin:/usr/bin:/bin";
	while (*dirs) {
		size_t len = strcspn(dirs, ":");
		int n = snprintf(path, size, "%.*s/%s", (int)len, dirs, name);

		if (len && n > 0 && (size_t)n < size && access(path, X_OK) == 0)
			return 0;
		dirs += len + (dirs[len] == ':');
	}
	return -ENOENT;
}

int helper_run(const char *name, char *const argv[])
{
	char path[PATH_MAX];
	int status;
	pid_t pid;

	if (helper_find(name, path, sizeof(path)) < 0)
		return log_errno(
			-ENOENT,
			"cannot find cradle-%s (an initramfs gets it by contrib/initramfs --net)",
			name);
	pid = fork();
	if (pid < 0)
		return log_errno(-errno, "cannot fork for %s", path);
	if (pid == 0) {
		sys_sigmask(0, NULL);
		(void)execve(path, argv, environ);
		(void)log_errno(-errno, "cannot execute %s", path);
		_exit(CRADLE_EXIT_CANNOT_EXEC);
	}
	while (waitpid(pid, &status, __WALL) < 0) {
		if (errno != EINTR)
			return log_errno(-errno, "cannot wait for %s", path);
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}
