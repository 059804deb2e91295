/* Control groups, as /proc tells of them. May only read. */
#include "cgroup_read.h"

#include "util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cgroups(7): hierarchy-ID:controller-list:cgroup-path */
char *cgroup_own(char *line, const char *controller)
{
	char *list = strchr(line, ':');
	char *path = list ? strchr(++list, ':') : NULL;

	if (!path)
		return NULL;
	*path++ = '\0';
	if (*controller ? !util_in_list(list, controller) : *list != '\0')
		return NULL;
	path[strcspn(path, "\n")] = '\0';
	return path;
}

bool cgroup_mount(char *line, const char *controller, struct mountinfo *mount)
{
	if (!mountinfo_parse(line, mount) || !mount->super_options ||
	    strcmp(mount->type, *controller ? "cgroup" : "cgroup2"))
		return false;
	return !*controller || util_in_list(mount->super_options, controller);
}

char *cgroup_path(const struct mountinfo *mount, const char *own)
{
	const char *rest = strcmp(mount->root, "/") ? util_after(own, mount->root) : own;
	char *path;

	/* "/.." when it is above the root of our cgroup namespace. */
	if (!rest || (*rest && *rest != '/') || !strncmp(own, "/..", 3))
		return NULL;
	return asprintf(&path, "%s%s", mount->at, strcmp(rest, "/") ? rest : "") < 0 ? NULL : path;
}

int cgroup_read_own(const char *file, const char *controller, char **own)
{
	FILE *in = fopen(file, "re");
	char *line = NULL, *found;
	size_t size = 0;

	*own = NULL;
	if (!in)
		return -errno;
	while (!*own && getline(&line, &size, in) >= 0) {
		found = cgroup_own(line, controller);
		*own = found ? strdup(found) : NULL;
	}
	free(line);
	(void)fclose(in);
	return 0;
}

/* The last one is on top of the others, should they be at the same place. */
int cgroup_read_dir(const char *file, const char *controller, const char *own, char **dir)
{
	FILE *in = fopen(file, "re");
	struct mountinfo mount;
	char *line = NULL, *path;
	size_t size = 0;

	*dir = NULL;
	if (!in)
		return -errno;
	while (getline(&line, &size, in) >= 0) {
		path = cgroup_mount(line, controller, &mount) ? cgroup_path(&mount, own) : NULL;
		if (!path)
			continue;
		free(*dir);
		*dir = path;
	}
	free(line);
	(void)fclose(in);
	return 0;
}
