/* May open cgroup.procs of groups that are there, and write a pid into them. */
#include "cgroup_follow.h"

#include "cgroup_find.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In that hierarchy, allocated; NULL: there is none. */
static char *group_of(const char *file, const char *controller)
{
	FILE *in = fopen(file, "re");
	char *line = NULL, *group = NULL;
	size_t size = 0;

	while (in && !group && getline(&line, &size, in) >= 0) {
		char *own = cgroup_own(line, controller);

		group = own ? strdup(own) : NULL;
	}
	free(line);
	if (in)
		(void)fclose(in);
	return group;
}

/* The last mount is on top of the others, should they be at the same place. */
static int open_group(const char *controller, const char *group)
{
	FILE *in = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, path[PATH_MAX] = "";
	struct cgroup_mount mount;
	size_t size = 0;

	while (in && getline(&line, &size, in) >= 0) {
		char *dir =
			cgroup_mount(line, controller, &mount) ? cgroup_path(&mount, group) : NULL;

		if (dir)
			(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
		free(dir);
	}
	free(line);
	if (in)
		(void)fclose(in);
	return *path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
}

void cgroup_follow_open(struct cgroup_follow *follow, pid_t pid)
{
	char file[32];

	*follow = (struct cgroup_follow){ .n = 0 };
	(void)snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		/* The unified hierarchy, and those of v1. */
		const char *controller = i ? cgroup_controller(1U << (i - 1)) : "";
		char *theirs = group_of(file, controller);
		char *ours = group_of("/proc/self/cgroup", controller);
		int fd = -1;

		if (theirs && ours && strcmp(theirs, ours)) {
			fd = open_group(controller, theirs);
			follow->missing = follow->missing || fd < 0;
		}
		if (fd >= 0)
			follow->procs[follow->n++] = fd;
		free(theirs);
		free(ours);
	}
}

bool cgroup_follow_put(struct cgroup_follow *follow, pid_t child)
{
	for (unsigned i = 0; i < follow->n; i++) {
		if (dprintf(follow->procs[i], "%d", child) < 0)
			follow->missing = true;
		(void)close(follow->procs[i]);
	}
	follow->n = 0;
	return !follow->missing;
}
