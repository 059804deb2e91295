/* cgroup_tree.h - the end of control groups, also after their maker was killed. */
#ifndef RUN_CGROUP_TREE_H
#define RUN_CGROUP_TREE_H

#include "cgroup.h"

#define CGROUP_PREFIX "cradle-"
/* The launcher's own place while its group has children: no processes in inner nodes. */
#define CGROUP_LAUNCHER ".launcher"

/* Remove what dead launchers left in a group, if nobody is in it any more. */
void cgroup_sweep(int parent);

/* As far as it can be at once, or after up to patience_ms (-1: as long as it takes). True if
 * nothing is left. */
bool cgroup_tree_remove(const struct cgroup *cg, int patience_ms);

/* Go back to the group that we left for CGROUP_LAUNCHER, and remove that likewise. */
void cgroup_go_home(const struct cgroup *cg, int patience_ms);

/* Fork the process that does both once the launcher is dead. 0 or -errno. */
int cgroup_guard_start(struct cgroup *cg);
void cgroup_guard_stop(struct cgroup *cg);

/* Write a whole text to a file of a group. 0 or -errno. */
int cgroup_write(int dir, const char *file, const char *text);

#endif
