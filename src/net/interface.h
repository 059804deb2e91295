/* interface.h - one interface, from its name to its default routes. */
#ifndef NET_INTERFACE_H
#define NET_INTERFACE_H

#include "net.h"
#include "request.h"

/* Wait for it, then MTU, addresses, up, routes. Stops at the first failure, which it has then told
 * on stderr; what was done before stays. Returns 0 or -errno. */
int interface_set(struct request *request, const struct net_spec *spec);

#endif
