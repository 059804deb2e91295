/* What contradicts itself in the network that was asked for. Pure. */
#include "netmode.h"

#include <netinet/in.h>
#include <string.h>

enum { MTU_MIN_IPV6 = 1280, PASTA_PREFIX_IPV6 = 64 };

static bool is_link_local(const struct net_ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static const char *route_conflict(const struct net_spec *set, unsigned n, bool knows_addresses)
{
	const struct net_route *route = &set->route[n];

	if (knows_addresses && route->has_via && !is_link_local(&route->via) &&
	    !net_has_family(set, route->via.family))
		return "--route goes through a router: expected an --address of its family, too";
	for (unsigned i = 0; i < n; i++) {
		if (!memcmp(&set->route[i].dest, &route->dest, sizeof(route->dest)))
			return "--route leads to the same network twice: expected one way";
	}
	return NULL;
}

static const char *set_conflict(const struct net_spec *set, bool knows_addresses)
{
	const char *wrong = NULL;

	for (unsigned i = 0; i < set->nroutes && !wrong; i++)
		wrong = route_conflict(set, i, knows_addresses);
	/* Below that the kernel takes IPv6 off the interface and then says "Invalid argument". */
	if (!wrong && set->mtu && set->mtu < MTU_MIN_IPV6 && net_has_family(set, AF_INET6))
		wrong = "--mtu is too small for IPv6: expected at least 1280, or no such --address";
	return wrong;
}

static unsigned count_family(const struct net_spec *set, int family)
{
	unsigned n = 0;

	for (unsigned i = 0; i < set->naddresses; i++)
		n += set->address[i].ip.family == family;
	return n;
}

/* What pasta(1) has an option for. */
static const char *pasta_conflict(const struct net_spec *set)
{
	if (count_family(set, AF_INET) > 1 || count_family(set, AF_INET6) > 1)
		return "--net=pasta has one interface: expected at most one --address for IPv4 and "
		       "one for IPv6";
	for (unsigned i = 0; i < set->naddresses; i++) {
		if (set->address[i].ip.family == AF_INET6 &&
		    set->address[i].prefix != PASTA_PREFIX_IPV6)
			return "--net=pasta knows IPv6 networks of 64 bits alone: expected "
			       "--address=IPV6/64";
	}
	for (unsigned i = 0; i < set->nroutes; i++) {
		if (set->route[i].dest.prefix || !set->route[i].has_via)
			return "--net=pasta has a default route alone: expected "
			       "--route=default,via=IP";
	}
	return NULL;
}

static const char *veth_conflict(const struct spec_net *net)
{
	if (net->host_address.ip.family && !net->outside[0])
		return "--net=veth with host-address= needs the name of the host's end: expected "
		       "veth:NAME,host-address=CIDR";
	if (net->host_address.ip.family && net->bridge[0])
		return "--net=veth has both host-address= and bridge=: expected one, as a bridge "
		       "keeps the addresses of its ports";
	return NULL;
}

static const char *mode_conflict(const struct spec_net *net)
{
	const char *what = net->set.naddresses ? "--address"
			   : net->set.nroutes  ? "--route"
			   : net->set.mtu      ? "--mtu"
					       : NULL;

	if (net->mode == NET_PASTA)
		return pasta_conflict(&net->set);
	if (net->mode == NET_VETH)
		return veth_conflict(net);
	if (net->mode == NET_NONE && what)
		return "--net=none has no interface that is up: expected no --address, --route or "
		       "--mtu, or another --net";
	if ((net->mode == NET_HOST || net->mode == NET_NS) && what)
		return "--net=host and --net=ns share a network that isn't the sandbox's to "
		       "change: "
		       "expected no --address, --route or --mtu, or another --net";
	return NULL;
}

const char *netmode_conflict(const struct spec_net *net)
{
	const char *wrong = mode_conflict(net);

	/* pasta takes those of the host if it isn't given any. */
	return wrong ? wrong : set_conflict(&net->set, net->mode != NET_PASTA);
}
