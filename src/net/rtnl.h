/* rtnl.h - short verbs over request.h. Each returns 0 or -errno, the kernel's words in the request.
 *
 * What is already there as asked is success, so that a second run changes nothing and says so.
 */
#ifndef NET_RTNL_H
#define NET_RTNL_H

#include "net.h"
#include "request.h"

/* The index of the interface, or -ENODEV. */
int rtnl_link_find(struct request *request, const char *ifname);

/* All names, ", " between them, as many as fit. */
int rtnl_link_names(struct request *request, char *names, size_t size);

int rtnl_link_mtu(struct request *request, int ifindex, unsigned mtu);
int rtnl_link_up(struct request *request, int ifindex);

int rtnl_addr_add(struct request *request, int ifindex, const struct net_addr *address);

/* True if packets to this address are delivered here. */
bool rtnl_addr_is_local(struct request *request, const struct net_ip *ip);

/* onlink: the gateway lies in no network of this interface and is asked for there anyway.
 * -EEXIST: there is another route to that network. */
int rtnl_route_add(struct request *request, int ifindex, const struct net_route *route,
		   bool onlink);

#endif
