/* supervise_kill.h - the death that a policy asks for, as near to the kernel's as can be. */
#ifndef POLICY_SUPERVISE_KILL_H
#define POLICY_SUPERVISE_KILL_H

#include "supervise_listener.h"

/* Send the thread of listener->notif a SIGSYS, or its process SIGKILL where a SIGSYS wouldn't end
 * it; trap: also where the process has a handler for SIGSYS, which then runs. The call must be
 * refused afterwards: the signal comes before the process's next instruction. Returns 0 or -errno,
 * -ESRCH if it's gone. */
int kill_caller(const struct listener *listener, bool trap);

/* True if the process has a handler for SIGSYS, which then runs for a trap. */
bool kill_is_handled(const struct listener *listener);

#endif
