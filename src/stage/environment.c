/* The agent's environment, made before the fork and without setenv(3), which would grow PID 1. */
#include "enter.h"

#include "util.h"

#include <limits.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

extern char **environ;

enum { ROOM = 250, ADDED = 4 };

struct list {
	char **envp;
	size_t n;
};

static size_t name_length(const char *assignment)
{
	return strcspn(assignment, "=");
}

static void remove_name(struct list *list, const char *name, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < list->n; i++) {
		const char *this = list->envp[i];

		if (strncmp(this, name, len) || (this[len] && this[len] != '='))
			list->envp[to++] = list->envp[i];
	}
	list->n = to;
	list->envp[to] = NULL;
}

/* Replaces one of that name: nested worlds included, ours is the truth. */
static void put(struct list *list, const char *assignment)
{
	remove_name(list, assignment, name_length(assignment));
	list->envp[list->n++] = (char *)assignment;
	list->envp[list->n] = NULL;
}

static bool has(const struct list *list, const char *assignment)
{
	size_t len = name_length(assignment) + 1;

	for (size_t i = 0; i < list->n; i++) {
		if (!strncmp(list->envp[i], assignment, len))
			return true;
	}
	return false;
}

static bool change(struct list *list, const struct env_change *c)
{
	char *assignment;

	if (!c->name) {
		list->n = 0;
		list->envp[0] = NULL;
		return true;
	}
	if (!c->value) {
		remove_name(list, c->name, strlen(c->name));
		return true;
	}
	assignment = malloc(strlen(c->name) + strlen(c->value) + 2);
	if (!assignment)
		return false;
	(void)sprintf(assignment, "%s=%s", c->name, c->value);
	put(list, assignment);
	return true;
}

const char *environment_get(const struct spec *spec, const char *name)
{
	const struct spec_env *env = &spec->run.env;

	for (unsigned i = env->nchanges; i > 0; i--) {
		const struct env_change *c = &env->change[i - 1];

		if (!c->name || !strcmp(c->name, name))
			return c->value;
	}
	return getenv(name);
}

char **environment(const struct spec *spec)
{
	static const char *const worlds[] = { [WORLD_VM] = "CRADLE_WORLD=vm",
					      [WORLD_CONTAINER] = "CRADLE_WORLD=container",
					      [WORLD_NAMESPACE] = "CRADLE_WORLD=namespace" };
	/* The kernel gives PID 1 HOME and TERM only. */
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char pwd[PATH_MAX + sizeof("PWD=")], home[PATH_MAX + sizeof("HOME=")];
	static char *few[ROOM + ADDED + 1];
	static char listen_pid[] = LISTEN_PID_ROOM; /* the agent writes into it */
	const struct spec_env *env = &spec->run.env;
	struct list list = { few, 0 };
	size_t n = 0;

	while (environ[n])
		n++;
	if (n + env->nchanges > ROOM)
		list.envp = malloc((n + env->nchanges + ADDED + 1) * sizeof(*list.envp));
	if (!list.envp)
		return NULL;
	for (; list.n < n; list.n++)
		list.envp[list.n] = environ[list.n];
	list.envp[n] = NULL;
	if (!spec->run.bwrap)
		put(&list, worlds[spec->world]);
	if (spec->world == WORLD_VM && !has(&list, path))
		put(&list, path);
	if (spec->run.listens)
		put(&list, listen_pid);
	/* As su(1) and container runtimes do. */
	if (spec->run.confine.user && spec->run.confine.user->home &&
	    (size_t)snprintf(home, sizeof(home), "HOME=%s", spec->run.confine.user->home) <
		    sizeof(home))
		put(&list, home);
	for (unsigned i = 0; i < env->nchanges; i++) {
		if (!change(&list, &env->change[i]))
			return NULL;
	}
	/* Of where it was started, it would be wrong. */
	if (spec->run.pwd && strlen(spec->run.pwd) < PATH_MAX) {
		(void)util_put(util_put(pwd, ARRAY_END(pwd), "PWD="), ARRAY_END(pwd),
			       spec->run.pwd);
		put(&list, pwd);
	}
	return list.envp;
}
