/* explain.h - cradle-policy, which tells what the agent's policies refuse. */
#ifndef STAGE_EXPLAIN_H
#define STAGE_EXPLAIN_H

#include "spec.h"

/* Start it if somebody is to tell what is refused, and let the agent's listener go there. It ends
 * with the last process that the policies hold for, or when nobody has the socket any more. parent:
 * it becomes a child of our parent's. Its pid, 0: nobody is wanted, or -errno after saying why. */
pid_t explain_start(struct spec *spec, bool parent);

/* Whoever isn't going to be the agent lets go of its socket. */
void explain_release(struct spec *spec);

/* The same, and wait for its last line; pid 0: it has ended with that status, or there is none.
 * True if a process died for what was refused to it. */
bool explain_finish(struct spec *spec, pid_t pid, int status);

/* In a PID 1 whose agent starts it: have room for its pid. 0, or -errno after saying why. */
int explain_prepare(struct spec *spec);

/* When that agent has ended: wait for its last line, as what is left is killed next; but not for
 * what is left and still obeys the policies. */
void explain_await(const struct spec *spec);

/* A socket of the caller's that gets the listener: ours until the agent is executed. 0, or -errno
 * after saying why. */
int explain_take_socket(struct spec *spec);

#endif
