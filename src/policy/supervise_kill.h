/* supervise_kill.h - the death that a policy asks for, as near to the kernel's as can be. */
#ifndef POLICY_SUPERVISE_KILL_H
#define POLICY_SUPERVISE_KILL_H

#include "supervise_listener.h"

#include <sys/types.h>

/* Send the thread of listener->notif a SIGSYS, or its process SIGKILL where a SIGSYS wouldn't end
 * it, or other threads could still see to that; trap: also where the process has a handler for
 * SIGSYS, which then runs. The call must be refused afterwards: the signal comes before the
 * process's next instruction. Returns 0, and a pidfd of the process that the caller owns; or
 * -errno, -ESRCH if it's gone. */
int kill_caller(const struct listener *listener, bool trap, int *process);

/* Once the call is refused: SIGKILL, unless it is dead or dumps its core. For who shares its
 * handlers with another process, which can't be seen. Closes process. */
void kill_insist(int process, pid_t tid);

/* True if the process has a handler for SIGSYS, which then runs for a trap. */
bool kill_is_handled(const struct listener *listener);

#endif
