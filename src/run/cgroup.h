/* cgroup.h - hold a sandbox's memory, processes and CPU time by control groups.
 *
 * Each controller is used where the kernel has it: in the unified hierarchy (v2) or in one of its
 * own (v1). The sandbox's groups are made below a cgroup that is ours to divide (delegated), and
 * are removed with the sandbox, by a guard process if the launcher was killed. Kernel:
 * Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/; systemd: CGROUP_DELEGATION.
 */
#ifndef RUN_CGROUP_H
#define RUN_CGROUP_H

#include "limit.h"

#include <stdbool.h>
#include <sys/types.h>

enum { CGROUP_DIRS = 1 + LIMIT_KINDS, CGROUP_FDS = 2 * CGROUP_DIRS + 1 };

/* The sandbox's group in one hierarchy. */
struct cgroup_dir {
	unsigned limits; /* enum limit, or-ed: what it holds; 0: no group here */
	int parent;      /* the group that it's made in */
	int fd;          /* itself; -1: not there yet */
	char *path;      /* the parent's, for messages */
};

/* dir[0] is of the unified hierarchy, the others of v1. */
struct cgroup {
	char name[48];
	struct cgroup_dir dir[CGROUP_DIRS];
	int inner;        /* the group in dir[0] that the processes are in; -1: none */
	unsigned enable;  /* enum limit: what dir[0].parent has to hand down first */
	bool alone;       /* dir[0].parent is our own, which we leave while it has children */
	pid_t guard;      /* 0: none */
	unsigned dropped; /* enum limit: what the host can't give, and may be missing */
};

struct cgroup_usage { /* 0: unknown, or none */
	uint64_t memory_peak, pids_peak, cpu_usec;
	uint64_t oom_kills;    /* processes that the limit of memory killed */
	uint64_t forks_denied; /* by the limit of processes */
	unsigned lost;         /* enum limit: limits that somebody took away meanwhile */
};

/* Outside, before the clone: make the groups and set the limits. best_effort: enum limit, what may
 * be missing. 0 (also when nothing is wanted), or -errno after saying why; then nothing is left. */
int cgroup_make(struct cgroup *cg, const struct spec_limits *limits, unsigned best_effort);

/* False where no limit needs a group. */
bool cgroup_used(const struct cgroup *cg);

/* For CLONE_INTO_CGROUP; -1: none. clone3(2) makes a new cgroup namespace of the caller's group,
 * not of this one: who wants a namespace unshares it once inside. */
int cgroup_into(const struct cgroup *cg);

/* The hierarchies of v1: a process joins by itself, first thing after the clone, as its children
 * will then be born there. 0, or -errno after saying why. */
int cgroup_join(const struct cgroup *cg);

/* The descriptors that must stay open until cgroup_remove. Returns their number. */
unsigned cgroup_fds(const struct cgroup *cg, int fds[CGROUP_FDS]);

/* Close them. */
void cgroup_release(struct cgroup *cg);

/* After the sandbox's last process. */
void cgroup_read(const struct cgroup *cg, struct cgroup_usage *usage);

/* Kill what is left in there (v2), and remove the groups. What is still busy is left to the guard.
 */
void cgroup_remove(struct cgroup *cg);

#endif
