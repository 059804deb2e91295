/* events.h - what a caller is told through --info-fd and --json-status-fd.
 *
 * bwrap's callers get bwrap's lines; cradle run's a line for each event, with bwrap's members in
 * it.
 */
#ifndef RUN_EVENTS_H
#define RUN_EVENTS_H

#include "cgroup.h"
#include "spec.h"

struct events {
	const struct spec *spec;
	int exec;       /* what the agent's spec->run.status.exec_fd says; -1: nothing any more */
	unsigned bytes; /* came from there: 0 before it is executed, 2 when it couldn't be */
	bool told;      /* that it was */
};

/* Before the clone: check the descriptors given, keep them from the agent, open the pipe to it.
 * 0, or -errno after saying why. */
int events_open(struct events *events, struct spec *spec);

/* In the launcher after the clone: pid's namespaces can still be read. 0, or -errno after saying
 * that nobody listens. */
int events_start(struct events *events, pid_t pid);

/* events->exec is readable. */
void events_exec(struct events *events);

/* The last one. result: as PID 1 told it; NULL: it couldn't. not_enforced: enum best_effort. */
void events_exit(struct events *events, int code, const struct cradle_result *result,
		 const struct cgroup_usage *usage, unsigned not_enforced);

/* Descriptors that the launcher needs for this. Returns their number, 2 at most. */
unsigned events_fds(const struct events *events, int fds[2]);

#endif
