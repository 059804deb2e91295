/* link.h - make the interface that joins a sandbox to a network. */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "netmode.h"
#include "request.h"

#include <sys/types.h>

/* In the network namespace of the request's socket: a veth pair or a macvlan, whose inner end is
 * born in the network namespace of that process. It goes when that namespace goes. Nothing is made
 * for another mode. Tells of a failure on stderr. Returns 0 or -errno. */
int link_make(struct request *request, const struct spec_net *net, pid_t pid);

#endif
