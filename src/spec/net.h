/* net.h - read one --net value. Pure: no system call, no allocation; cradle uses it to refuse bad
 * input before anything starts, cradle-net to know what to do.
 */
#ifndef SPEC_NET_H
#define SPEC_NET_H

#include <stdbool.h>
#include <stddef.h>

#define NET_IFNAME_SIZE   16 /* the kernel's IFNAMSIZ, NUL included */
#define NET_MAX_ADDRESSES 8
#define NET_MAX_GATEWAYS  2 /* one per family */
#define NET_MAX_DNS       3 /* resolvers read no more: MAXNS of glibc and musl */

struct net_ip {
	int family;              /* AF_INET or AF_INET6 */
	unsigned char bytes[16]; /* network order; the first 4 for AF_INET */
};

struct net_addr {
	struct net_ip ip;
	unsigned prefix; /* bits of the network part */
};

struct net_spec {
	char ifname[NET_IFNAME_SIZE];
	struct net_addr address[NET_MAX_ADDRESSES];
	unsigned naddresses;
	struct net_ip gateway[NET_MAX_GATEWAYS];
	unsigned ngateways;
	unsigned mtu; /* 0: leave it */
	struct net_ip dns[NET_MAX_DNS];
	unsigned ndns;
};

/* IFACE[,address=CIDR]...[,gateway=IP]...[,mtu=N][,dns=IP]... into *spec, which needs no initial
 * value. Returns NULL, or the (static) sentence that says what was expected; then *word and *len
 * are the part of value that isn't, and *spec is worth nothing.
 */
const char *net_parse(struct net_spec *spec, const char *value, const char **word, size_t *len);

/* How many bytes of an address of this family count. */
size_t net_ip_size(int family);

/* True if ip lies in the network of address. */
bool net_addr_covers(const struct net_addr *address, const struct net_ip *ip);

#endif
