/* learn_start.h - start cradle run so that each call is notified of. */
#ifndef POLICY_LEARN_START_H
#define POLICY_LEARN_START_H

#include <sys/types.h>

struct learn_child {
	const char *name; /* the command's */
	pid_t pid;
	int pidfd;
	int socket;  /* the listener comes here */
	int signals; /* signalfd(2) of what should end the command */
};

/* argv: "cradle", "run", four words to be filled in here, and the caller's. Returns 0 or -errno,
 * said. */
int learn_start(struct learn_child *child, char **argv);

/* Its exit code, 128+N for a signal. Closes everything. */
int learn_wait(struct learn_child *child);

#endif
