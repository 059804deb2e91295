/* netmode.h - read --net of cradle run, and --address, --route, --dns and --mtu beside it. Pure: no
 * system call, no allocation; cradle refuses bad input by it, cradle-net reads the same words
 * again.
 */
#ifndef SPEC_NETMODE_H
#define SPEC_NETMODE_H

#include "net.h"

#define NET_MAX_PORTS   16
#define NET_MAX_WORDS   44 /* two for each option that cradle-net is told */
#define NET_PORT_SIZE   72 /* an IPv6 address and two ranges of ports */
#define NET_RESOLV_SIZE 192

/* Where pasta answers for the host's name servers, which may listen where no sandbox reaches:
 * link-local (RFC 3927), and what podman's containers ask, too. */
#define NET_PASTA_DNS "169.254.1.1"

enum net_mode {
	NET_LOOPBACK, /* a network namespace with lo up */
	NET_NONE,     /* with lo down, even */
	NET_HOST,     /* no network namespace */
	NET_PASTA,    /* passt's user-mode network */
	NET_VETH,
	NET_MACVLAN,
	NET_NS, /* somebody else's network namespace */
};

enum net_macvlan {
	NET_MACVLAN_BRIDGE,
	NET_MACVLAN_PRIVATE,
	NET_MACVLAN_VEPA,
	NET_MACVLAN_PASSTHRU,
};

struct net_port {
	char option;              /* of pasta(1): t, u, T or U */
	char text[NET_PORT_SIZE]; /* and its value */
};

/* Zeroed: a loopback interface, and nothing else. */
struct spec_net {
	enum net_mode mode;
	const char *path;              /* NS */
	char outside[NET_IFNAME_SIZE]; /* VETH: the host's end, empty: any; MACVLAN: the parent */
	char inside[NET_IFNAME_SIZE];  /* what the new interface is called */
	char bridge[NET_IFNAME_SIZE];  /* VETH: that the host's end joins; empty: none */
	struct net_addr host_address;  /* VETH: of the host's end; family 0: none */
	enum net_macvlan macvlan;
	struct net_port port[NET_MAX_PORTS];
	unsigned nports;
	int resolv_conf;     /* the sandbox's, once the launcher has made it; 0: none */
	struct net_spec set; /* what the other options ask for; its ifname is unused */
	/* All of it as given: name of the option, value, name, value ... */
	const char *word[NET_MAX_WORDS];
	unsigned nwords;
};

/* none, loopback, host, pasta[:...], veth[:...], macvlan:..., ns:PATH. Replaces what an earlier one
 * set. Returns NULL, or the sentence that says what was expected; then *word and *len are the part
 * of value that isn't. */
const char *netmode_parse(struct spec_net *net, const char *value, const char **word, size_t *len);

/* One of the other options, such as "address". Returns NULL, or what was expected. */
const char *netmode_set(struct spec_net *net, const char *option, const char *value);

/* What contradicts itself once all is read, as a whole sentence; NULL if nothing does. */
const char *netmode_conflict(const struct spec_net *net);

/* True if the sandbox gets a network namespace of its own (CLONE_NEWNET). */
bool netmode_unshares(const struct spec_net *net);

/* True if the loopback interface is to be brought up. */
bool netmode_wants_loopback(const struct spec_net *net);

/* True if cradle-net has to do something between clone and exec. */
bool netmode_wants_helper(const struct spec_net *net);

/* True if anything has to be done outside between clone and exec: that, or pasta. */
bool netmode_has_outside(const struct spec_net *net);

/* What stands in the sandbox's /etc/resolv.conf; its length, 0: the file stays the host's. */
size_t netmode_resolv_conf(const struct spec_net *net, char text[NET_RESOLV_SIZE]);

#endif
