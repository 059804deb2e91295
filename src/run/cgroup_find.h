/* cgroup_find.h - which control groups are ours to divide. */
#ifndef RUN_CGROUP_FIND_H
#define RUN_CGROUP_FIND_H

#include "cgroup.h"

/* Fill in the parents, what they hold, and how. 0, or -errno after saying why; cg->dropped is what
 * best_effort allowed to be missing. */
int cgroup_find(struct cgroup *cg, unsigned wanted, unsigned best_effort);

/* The kernel's name of what holds a limit. */
const char *cgroup_controller(enum limit limit);

/* Read a small file of a group, NUL-terminated. Length or -errno. */
ssize_t cgroup_read_file(int dir, const char *file, char *buf, size_t size);

#endif
