/* network.h - outside: the sandbox's network, from before the clone to the end. */
#ifndef RUN_NETWORK_H
#define RUN_NETWORK_H

#include "netmode.h"
#include "ops.h"

#include <sys/types.h>

struct network {
	pid_t keeper; /* of pasta(1), a child of ours; 0: there is none, nor descriptors */
	int pidfd;    /* of the keeper: readable as soon as the sandbox has lost its network */
	int lifeline; /* the keeper ends pasta when this closes, so also when we are killed */
};

/* Refuse what these rights can't do, before anything is touched. Returns 0, or -errno after saying
 * why and what else would do. */
int network_check(const struct spec_net *net);

/* Before the clone: for ns:PATH, join that network namespace, which the sandbox then inherits.
 * Where it belongs to another user namespace of this user, join that first: our ids are those in it
 * from then on, and there is no way back. Returns 0, or -errno after saying why. */
int network_join(const struct spec_net *net);

/* The file of name servers, as the last operation of the plan. Returns 0, or -errno after saying
 * why. */
int network_plan(struct spec_net *net, struct plan *plan);

/* Before each clone: the sandbox before it, if there was one, has read the file. */
void network_rewind(const struct spec_net *net);

/* Between the clone and the agent: pid, the sandbox's PID 1, has its ids mapped, is dumpable and
 * waits. Makes the interface, sets it up, starts pasta and returns when that is ready. Returns 0,
 * or -errno after saying why. Needs network_finish() in any case. */
int network_outside(struct network *network, const struct spec_net *net, pid_t pid);

/* End pasta and wait for it. Everything else ends with the network namespace. */
void network_finish(struct network *network);

#endif
