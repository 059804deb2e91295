/* The steps that bring one interface up, and what to say when the kernel refuses one. */
#include "interface.h"

#include "rtnl.h"
#include "say.h"
#include "wait.h"

#include <arpa/inet.h>
#include <errno.h>

/* A virtio driver needs some 10 ms from modprobe to the interface, a real card 2 s at worst. */
enum { APPEAR_MS = 3000, SETTLE_MS = 1000 };

static const char *text_of(const struct net_ip *ip, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(ip->family, ip->bytes, text, INET6_ADDRSTRLEN);
}

/* A fix that doesn't depend on the wish. */
static const char *common_fix(int err)
{
	if (err == -EPERM)
		return "needs CAP_NET_ADMIN in the user namespace that owns this network namespace";
	if (err == -ENODEV)
		return "the interface has gone meanwhile";
	return NULL;
}

static const char *address_fix(const struct request *request, int err,
			       const struct net_addr *address)
{
	if (err == -EEXIST)
		return "it is there with another prefix: remove it first";
	if (address->ip.family != AF_INET6)
		return common_fix(err);
	if (err == -EOPNOTSUPP)
		return "this kernel runs without IPv6";
	if (err == -EACCES)
		return "the sysctl net.ipv6.conf.*.disable_ipv6 turns it off";
	if (err == -EINVAL && !*request->words)
		return "IPv6 needs an MTU of at least 1280";
	return common_fix(err);
}

static const char *route_fix(int err, bool is_default)
{
	if (err == -EEXIST)
		return is_default ? "there is another default route: remove it first"
				  : "there is another route to that network: remove it first";
	if (err == -ENETUNREACH || err == -EHOSTUNREACH)
		return "the gateway is in the network of none of the addresses";
	return common_fix(err);
}

static int find(struct request *request, const char *ifname)
{
	int ifindex = wait_for_link(request, ifname, APPEAR_MS);
	char names[512];

	if (ifindex >= 0)
		return ifindex;
	if (ifindex != -ENODEV)
		return say_errno(ifindex, request->words, common_fix(ifindex), "cannot find %s",
				 ifname);
	if (rtnl_link_names(request, names, sizeof(names)) < 0)
		names[0] = '\0';
	say("cannot find %s: no such interface after %d s; there are: %s", ifname, APPEAR_MS / 1000,
	    names);
	return -ENODEV;
}

static int set_mtu(struct request *request, int ifindex, const struct net_spec *spec)
{
	int err = spec->mtu ? rtnl_link_mtu(request, ifindex, spec->mtu) : 0;

	if (!err)
		return 0;
	return say_errno(err, request->words, common_fix(err), "cannot set the MTU of %s to %u",
			 spec->ifname, spec->mtu);
}

static int add_addresses(struct request *request, int ifindex, const struct net_spec *spec)
{
	char text[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < spec->naddresses; i++) {
		const struct net_addr *address = &spec->address[i];
		int err = rtnl_addr_add(request, ifindex, address);

		if (err)
			return say_errno(err, request->words, address_fix(request, err, address),
					 "cannot add %s/%u to %s", text_of(&address->ip, text),
					 address->prefix, spec->ifname);
	}
	return 0;
}

static int set_up(struct request *request, int ifindex, const struct net_spec *spec)
{
	int err = rtnl_link_up(request, ifindex);

	if (!err)
		return 0;
	return say_errno(err, request->words, common_fix(err), "cannot bring %s up", spec->ifname);
}

/* The kernel adds the local route of an IPv6 address from a work queue, after it has acknowledged
 * the address (addrconf_dad_work()). Until then the host can't reach itself by it. That it may be
 * later still is no failure of ours. */
static void settle(struct request *request, const struct net_spec *spec)
{
	for (unsigned i = 0; i < spec->naddresses; i++) {
		if (spec->address[i].ip.family == AF_INET6)
			(void)wait_for_address(request, &spec->address[i].ip, SETTLE_MS);
	}
}

/* Link-local routers are reached on the link they are on, which the kernel knows by itself. */
static bool is_beyond(const struct net_spec *spec, const struct net_ip *gateway)
{
	if (gateway->family == AF_INET6 && gateway->bytes[0] == 0xfe &&
	    (gateway->bytes[1] & 0xc0) == 0x80)
		return false;
	for (unsigned i = 0; i < spec->naddresses; i++) {
		if (net_addr_covers(&spec->address[i], gateway))
			return false;
	}
	return true;
}

static int add_gateways(struct request *request, int ifindex, const struct net_spec *spec)
{
	char text[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < spec->ngateways; i++) {
		const struct net_ip *gateway = &spec->gateway[i];
		struct net_route route = { .dest.ip.family = gateway->family,
					   .has_via = true,
					   .via = *gateway };
		int err = rtnl_route_add(request, ifindex, &route, is_beyond(spec, gateway));

		if (err)
			return say_errno(err, request->words, route_fix(err, true),
					 "cannot add a default route through %s on %s",
					 text_of(gateway, text), spec->ifname);
	}
	return 0;
}

static int add_routes(struct request *request, int ifindex, const struct net_spec *spec)
{
	char dest[INET6_ADDRSTRLEN], via[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < spec->nroutes; i++) {
		const struct net_route *route = &spec->route[i];
		int err = rtnl_route_add(request, ifindex, route,
					 route->has_via && is_beyond(spec, &route->via));

		if (err)
			return say_errno(err, request->words, route_fix(err, !route->dest.prefix),
					 "cannot add a route to %s/%u%s%s on %s",
					 text_of(&route->dest.ip, dest), route->dest.prefix,
					 route->has_via ? " through " : "",
					 route->has_via ? text_of(&route->via, via) : "",
					 spec->ifname);
	}
	return 0;
}

int interface_set(struct request *request, const struct net_spec *spec)
{
	int ifindex = find(request, spec->ifname);
	int err;

	if (ifindex < 0)
		return ifindex;
	/* MTU first: a network card may refuse to change it once up. Routes last: a route
	 * through an interface that is down is refused. */
	err = set_mtu(request, ifindex, spec);
	if (!err)
		err = add_addresses(request, ifindex, spec);
	if (!err)
		err = set_up(request, ifindex, spec);
	if (!err)
		err = add_gateways(request, ifindex, spec);
	if (!err)
		err = add_routes(request, ifindex, spec);
	if (!err)
		settle(request, spec);
	return err;
}
