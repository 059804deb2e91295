/* supervise.h - answer the calls that a sandbox's policies deny, and tell of them. */
#ifndef POLICY_SUPERVISE_H
#define POLICY_SUPERVISE_H

#include "supervise_listener.h"
#include "supervise_seen.h"
#include "supervise_stack.h"

struct supervisor {
	struct stack stack;
	struct listener listener;
	struct seen seen;
	bool complain; /* deny nothing */
	bool ended;    /* a process has died for a denied call */
	int json;      /* descriptor; -1: none */
};

/* Answer until nobody is left whom the policies hold for. Returns 0 or -errno, said. */
int supervise(struct supervisor *supervisor);

/* Tell how often each call was denied, if any was. */
void supervise_sum(const struct supervisor *supervisor);

/* One line on stderr, with one write(2). */
void supervise_tell(const char *line);

#endif
