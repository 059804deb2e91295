/* The agent's environment, made before the fork and without setenv(3), which would grow PID 1. */
#include "enter.h"

#include "util.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

enum { ROOM = 250, ADDED = 2 };

static bool has(char **envp, const char *assignment)
{
	size_t len = strcspn(assignment, "=") + 1;

	for (; *envp; envp++) {
		if (!strncmp(*envp, assignment, len))
			return true;
	}
	return false;
}

char **environment(enum world world)
{
	static const char *const worlds[] = { [WORLD_VM] = "CRADLE_WORLD=vm",
					      [WORLD_CONTAINER] = "CRADLE_WORLD=container",
					      [WORLD_NAMESPACE] = "CRADLE_WORLD=namespace" };
	/* The kernel gives PID 1 HOME and TERM only. */
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char *few[ROOM + ADDED + 1];
	char **envp = few;
	size_t n = 0, to = 0;

	while (environ[n])
		n++;
	if (n > ROOM)
		envp = malloc((n + ADDED + 1) * sizeof(*envp));
	if (!envp)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		/* Ours is the truth, nested worlds included. */
		if (!util_after(environ[i], "CRADLE_WORLD="))
			envp[to++] = environ[i];
	}
	envp[to++] = (char *)worlds[world];
	envp[to] = NULL;
	if (world == WORLD_VM && !has(envp, path)) {
		envp[to++] = (char *)path;
		envp[to] = NULL;
	}
	return envp;
}
