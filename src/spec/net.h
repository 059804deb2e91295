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
#define NET_MAX_ROUTES    8
#define NET_MAX_DNS       3 /* resolvers read no more: MAXNS of glibc and musl */

struct net_ip {
	int family;              /* AF_INET or AF_INET6 */
	unsigned char bytes[16]; /* network order; the first 4 for AF_INET */
};

struct net_addr {
	struct net_ip ip;
	unsigned prefix; /* bits of the network part */
};

struct net_route {
	struct net_addr dest; /* prefix 0: the default route of its family */
	bool has_via;         /* else what it leads to is on the link itself */
	struct net_ip via;
};

struct net_spec {
	char ifname[NET_IFNAME_SIZE];
	struct net_addr address[NET_MAX_ADDRESSES];
	unsigned naddresses;
	struct net_ip gateway[NET_MAX_GATEWAYS];
	unsigned ngateways;
	struct net_route route[NET_MAX_ROUTES]; /* beyond the gateways; --net IFACE has none */
	unsigned nroutes;
	unsigned mtu; /* 0: leave it */
	struct net_ip dns[NET_MAX_DNS];
	unsigned ndns;
};

/* IFACE[,address=CIDR]...[,gateway=IP]...[,mtu=N][,dns=IP]... into *spec, which needs no initial
 * value. Returns NULL, or the (static) sentence that says what was expected; then *word and *len
 * are the part of value that isn't, and *spec is worth nothing.
 */
const char *net_parse(struct net_spec *spec, const char *value, const char **word, size_t *len);

/* Pieces of text, without a NUL behind. Each returns false if it isn't one: the address of a host,
 * the same with its prefix, a network (no bit set beyond its prefix), an MTU that IPv4 allows. */
bool net_read_ip(const char *text, size_t len, struct net_ip *ip);
bool net_read_address(const char *text, size_t len, struct net_addr *address);
bool net_read_network(const char *text, size_t len, struct net_addr *network);
bool net_read_mtu(const char *text, size_t len, unsigned *mtu);

/* NULL, or what was expected of the name of an interface. */
const char *net_read_ifname(const char *text, size_t len, char name[NET_IFNAME_SIZE]);

/* True if one of its addresses has this family. */
bool net_has_family(const struct net_spec *spec, int family);

/* How many bytes of an address of this family count. */
size_t net_ip_size(int family);

/* True if ip lies in the network of address. */
bool net_addr_covers(const struct net_addr *address, const struct net_ip *ip);

#endif
