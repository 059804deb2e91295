/* sandbox.h - the network of a sandbox, from outside. */
#ifndef NET_SANDBOX_H
#define NET_SANDBOX_H

#include "netmode.h"

#include <sys/types.h>

/* Make the interface in the network namespace that this process is in, set it up in that of pid,
 * which this process is in from then on. pid has executed nothing yet that the sandbox chose.
 * Tells of a failure on stderr. Returns 0 or -errno. */
int sandbox_set(const struct spec_net *net, pid_t pid);

#endif
