/* How the options are read that wall the agent in. May only write into the spec, and read what a
 * descriptor on the command line holds. */
#include "setters.h"

#include "namespaces.h"
#include "util.h"

#include <string.h>

static const char a_fd[] = "expected the number of an open descriptor";
static const char an_id[] = "expected a number below 4294967295";

const char *set_fd(int *field, const char *value)
{
	uint64_t fd;

	if (!util_number(value, INT32_MAX, &fd))
		return a_fd;
	*field = (int)fd;
	return NULL;
}

static const char *set_id(unsigned *field, bool *given, const char *value)
{
	uint64_t id;

	/* (uid_t)-1 means "leave it" to many system calls. */
	if (!util_number(value, UINT32_MAX - 1, &id))
		return an_id;
	*field = (unsigned)id;
	*given = true;
	return NULL;
}

const char *set_uid(struct spec *spec, const char *value)
{
	return set_id(&spec->run.ids.uid, &spec->run.ids.uid_given, value);
}

const char *set_gid(struct spec *spec, const char *value)
{
	return set_id(&spec->run.ids.gid, &spec->run.ids.gid_given, value);
}

static const char *set_map(struct idmap *maps, unsigned *n, const char *value)
{
	const char *wrong;

	if (*n == SANDBOX_MAPS)
		return "expected at most 340 maps";
	wrong = idmap_parse(&maps[*n], value);
	if (!wrong)
		(*n)++;
	return wrong;
}

const char *set_map_uid(struct spec *spec, const char *value)
{
	return set_map(spec->run.ids.uid_map, &spec->run.ids.nuid_maps, value);
}

const char *set_map_gid(struct spec *spec, const char *value)
{
	return set_map(spec->run.ids.gid_map, &spec->run.ids.ngid_maps, value);
}

const char *set_map_auto(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.ids.map_auto, value);
}

const char *set_tty(struct spec *spec, const char *value)
{
	static const char *const words[] = { "pty", "inherit", "new-session" };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(value, words[i]))
			continue;
		spec->run.tty = (enum tty_mode)i;
		spec->run.tty_given = true;
		return NULL;
	}
	return "expected pty, inherit or new-session";
}

const char *set_new_session(struct spec *spec, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	return wrong ? wrong : on ? set_tty(spec, "new-session") : NULL;
}

const char *set_die_with_parent(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.die_with_parent, value);
}

const char *set_as_pid_1(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.as_pid_1, value);
}

const char *set_keep_keyring(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.confine.keep_keyring, value);
}

const char *set_inherit_fds(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.confine.inherit_fds, value);
}

const char *set_keep_fd(struct spec *spec, const char *value)
{
	int fd;

	if (set_fd(&fd, value))
		return a_fd;
	return spec_confine_keep(&spec->run.confine, fd) ? NULL : "expected at most 64 descriptors";
}

const char *set_exec_label(struct spec *spec, const char *value)
{
	spec->run.confine.exec_label = value;
	return NULL;
}

const char *set_file_label(struct spec *spec, const char *value)
{
	spec->run.confine.file_label = value;
	return NULL;
}

static const char *change_env(struct spec *spec, const char *name, const char *value)
{
	struct spec_env *env = &spec->run.env;

	if (env->nchanges == SANDBOX_ENV)
		return "expected at most 512 changes of the environment";
	if (name && (!*name || strchr(name, '=')))
		return "expected the name of a variable";
	env->change[env->nchanges++] = (struct env_change){ name, value };
	return NULL;
}

const char *set_setenv(struct spec *spec, const char *const *word)
{
	return change_env(spec, word[0], word[1]);
}

const char *set_unsetenv(struct spec *spec, const char *value)
{
	return change_env(spec, value, NULL);
}

const char *set_clearenv(struct spec *spec, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	return wrong ? wrong : on ? change_env(spec, NULL, NULL) : NULL;
}

const char *set_chdir(struct spec *spec, const char *value)
{
	spec->run.chdir = value;
	return NULL;
}

const char *set_argv0(struct spec *spec, const char *value)
{
	spec->run.argv0 = value;
	return NULL;
}
