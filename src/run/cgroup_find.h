/* cgroup_find.h - which control groups are ours to divide. */
#ifndef RUN_CGROUP_FIND_H
#define RUN_CGROUP_FIND_H

#include "cgroup.h"

/* A line of /proc/PID/cgroup: the group in the hierarchy of that controller ("": the unified one),
 * without newline; NULL: another one. Cuts the line. */
char *cgroup_own(char *line, const char *controller);

/* A line of /proc/PID/mountinfo. Cuts the line. */
struct cgroup_mount {
	char *root; /* the group that is mounted there */
	char *at;
};
bool cgroup_mount(char *line, const char *controller, struct cgroup_mount *mount);

/* Where a group is in the file system, allocated; NULL if it isn't below that mount. */
char *cgroup_path(const struct cgroup_mount *mount, const char *own);

/* Fill in the parents, what they hold, and how. 0, or -errno after saying why; cg->dropped is what
 * best_effort allowed to be missing. */
int cgroup_find(struct cgroup *cg, unsigned wanted, unsigned best_effort);

/* The kernel's name of what holds a limit. */
const char *cgroup_controller(enum limit limit);

/* Read a small file of a group, NUL-terminated. Length or -errno. */
ssize_t cgroup_read_file(int dir, const char *file, char *buf, size_t size);

#endif
