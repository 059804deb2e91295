/* shutdown.h - ask for the end of this machine from a process that isn't PID 1. */
#ifndef LIB_SHUTDOWN_H
#define LIB_SHUTDOWN_H

#include "cradle.h"

/* Ask a PID 1 that is a cradle. -ESRCH: it isn't one; -EPERM: not allowed to. */
int shutdown_ask(enum cradle_how how);

#endif
