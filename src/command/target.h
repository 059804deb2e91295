/* target.h - which process's namespaces are entered. */
#ifndef COMMAND_TARGET_H
#define COMMAND_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

struct target {
	pid_t pid;
	int pidfd, proc; /* proc: its directory in our /proc */
	int flags;       /* CLONE_NEW* of what it doesn't share with us; 0: it shares all */
};

/* who: a name, or the pid of a launcher or of a process inside. Calls enter() with one process
 * after another until it returns 0 or says why it can't be. Returns that, or -errno after saying
 * why there is none. */
int target_each(const char *who, int (*enter)(const struct target *target, void *arg), void *arg);

#endif
