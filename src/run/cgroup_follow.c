/* May open cgroup.procs of groups that are there, and write a pid into them. */
#include "cgroup_follow.h"

#include "cgroup_find.h"
#include "cgroup_read.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_group(const char *controller, const char *group)
{
	char path[PATH_MAX], *dir;
	int fd = -1;

	if (cgroup_read_dir("/proc/self/mountinfo", controller, group, &dir) < 0 || !dir)
		return -1;
	if (snprintf(path, sizeof(path), "%s/cgroup.procs", dir) < (int)sizeof(path))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	free(dir);
	return fd;
}

void cgroup_follow_open(struct cgroup_follow *follow, pid_t pid)
{
	char file[32];

	*follow = (struct cgroup_follow){ .n = 0 };
	(void)snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		/* The unified hierarchy, and those of v1. */
		const char *controller = i ? cgroup_controller(1U << (i - 1)) : "";
		char *theirs, *ours;
		int fd = -1;

		(void)cgroup_read_own(file, controller, &theirs);
		(void)cgroup_read_own("/proc/self/cgroup", controller, &ours);
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
