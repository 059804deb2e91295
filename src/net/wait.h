/* wait.h - for what the kernel does in its own time, by its notifications. */
#ifndef NET_WAIT_H
#define NET_WAIT_H

#include "net.h"
#include "request.h"

/* The index of the interface, as soon as it exists: the module of its driver may have been loaded
 * just before. -ENODEV when it still doesn't after limit_ms, or another -errno. */
int wait_for_link(struct request *request, const char *ifname, unsigned limit_ms);

/* 0 as soon as an address that was added can be reached from this host itself. */
int wait_for_address(struct request *request, const struct net_ip *ip, unsigned limit_ms);

#endif
