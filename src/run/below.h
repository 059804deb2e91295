/* below.h - a PID namespace below one that was joined. */
#ifndef RUN_BELOW_H
#define RUN_BELOW_H

#include <sys/types.h>

/* make(arg), a clone3(2) that returns the pid or -errno, 0 in the child, called in a process that
 * is in the PID namespace which we joined for our children. It must clone with CLONE_PARENT and put
 * a pidfd where it is told, into what we share. Returns the pid as we see it, 0 in the child, or
 * -errno. */
pid_t below_clone(pid_t (*make)(void *arg, int *pidfd), void *arg);

#endif
