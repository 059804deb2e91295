/* cgroup_follow.h - a process of ours into the control groups that another one is in. */
#ifndef RUN_CGROUP_FOLLOW_H
#define RUN_CGROUP_FOLLOW_H

#include "cgroup.h"

#include <stdbool.h>
#include <sys/types.h>

struct cgroup_follow {
	int procs[CGROUP_DIRS]; /* of the groups that aren't ours, opened for writing */
	unsigned n;
	bool missing; /* one of them isn't to be had */
};

/* While the host's mounts are there: open the groups of pid. */
void cgroup_follow_open(struct cgroup_follow *follow, pid_t pid);

/* Put a child of ours there, which may limit it; close all. False if one is missing. */
bool cgroup_follow_put(struct cgroup_follow *follow, pid_t child);

#endif
