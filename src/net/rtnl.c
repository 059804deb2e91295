/* What an interface needs, said in rtnetlink(7). May not print. */
#include "rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

/* An attribute of a message whose fixed part has this size, or NULL. */
static const struct nlattr *find_attr(const struct nlmsghdr *msg, size_t fixed, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, fixed)
	{
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

static bool attr_is_ip(const struct nlattr *attr, const struct net_ip *ip)
{
	size_t size = net_ip_size(ip->family);

	return attr && mnl_attr_get_payload_len(attr) == size &&
	       !memcmp(mnl_attr_get_payload(attr), ip->bytes, size);
}

static void take_index(const struct nlmsghdr *msg, void *arg)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(msg);

	*(int *)arg = link->ifi_index;
}

int rtnl_link_find(struct request *request, const char *ifname)
{
	struct ifinfomsg *link = request_begin(request, RTM_GETLINK, 0, sizeof(*link));
	int ifindex = -ENODEV;
	int err;

	mnl_attr_put_strz(request->msg, IFLA_IFNAME, ifname);
	err = request_run(request, take_index, &ifindex);
	return err < 0 ? err : ifindex;
}

struct names {
	char *text;
	size_t size;
};

static void add_name(const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *name = find_attr(msg, sizeof(struct ifinfomsg), IFLA_IFNAME);
	struct names *names = arg;
	size_t len = strlen(names->text);

	if (name)
		(void)snprintf(names->text + len, names->size - len, "%s%s", len ? ", " : "",
			       mnl_attr_get_str(name));
}

int rtnl_link_names(struct request *request, char *text, size_t size)
{
	struct names names = { .text = text, .size = size };

	text[0] = '\0';
	(void)request_begin(request, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
	return request_run(request, add_name, &names);
}

int rtnl_link_mtu(struct request *request, int ifindex, unsigned mtu)
{
	struct ifinfomsg *link = request_begin(request, RTM_NEWLINK, 0, sizeof(*link));

	link->ifi_index = ifindex;
	mnl_attr_put_u32(request->msg, IFLA_MTU, mtu);
	return request_run(request, NULL, NULL);
}

int rtnl_link_up(struct request *request, int ifindex)
{
	struct ifinfomsg *link = request_begin(request, RTM_NEWLINK, 0, sizeof(*link));

	link->ifi_index = ifindex;
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
	return request_run(request, NULL, NULL);
}

struct wanted {
	int ifindex;
	const struct net_addr *address;
	const struct net_route *route;
	bool found;
};

static void match_address(const struct nlmsghdr *msg, void *arg)
{
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(msg);
	struct wanted *wanted = arg;
	const struct nlattr *own = find_attr(msg, sizeof(*address), IFA_LOCAL);

	/* Only an address without a peer has no IFA_LOCAL, and only with IPv6. */
	if (!own)
		own = find_attr(msg, sizeof(*address), IFA_ADDRESS);
	if ((int)address->ifa_index == wanted->ifindex &&
	    address->ifa_prefixlen == wanted->address->prefix &&
	    attr_is_ip(own, &wanted->address->ip))
		wanted->found = true;
}

/* "File exists" for an IPv6 address is no promise that its prefix is the one asked for. */
static int accept_address(struct request *request, int ifindex, const struct net_addr *asked)
{
	struct wanted wanted = { .ifindex = ifindex, .address = asked };
	struct ifaddrmsg *address =
		request_begin(request, RTM_GETADDR, NLM_F_DUMP, sizeof(*address));
	int err;

	address->ifa_family = (uint8_t)asked->ip.family;
	err = request_run(request, match_address, &wanted);
	return err < 0 ? err : wanted.found ? 0 : -EEXIST;
}

/* As the kernel does for the 127.0.0.1 that it gives to lo; it refuses the same address in another
 * scope. IPv6 finds its scopes by itself. */
static uint8_t scope_of(const struct net_ip *ip)
{
	bool loopback = ip->family == AF_INET && ip->bytes[0] == 127;

	return loopback ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
}

int rtnl_addr_add(struct request *request, int ifindex, const struct net_addr *asked)
{
	struct ifaddrmsg *address =
		request_begin(request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*address));
	size_t size = net_ip_size(asked->ip.family);
	int err;

	address->ifa_family = (uint8_t)asked->ip.family;
	address->ifa_prefixlen = (uint8_t)asked->prefix;
	address->ifa_scope = scope_of(&asked->ip);
	address->ifa_index = (uint32_t)ifindex;
	/* Else an IPv6 address can't be bound to for the second that duplicate detection takes. */
	if (asked->ip.family == AF_INET6)
		address->ifa_flags = IFA_F_NODAD;
	mnl_attr_put(request->msg, IFA_LOCAL, size, asked->ip.bytes);
	mnl_attr_put(request->msg, IFA_ADDRESS, size, asked->ip.bytes);
	err = request_run(request, NULL, NULL);
	return err == -EEXIST ? accept_address(request, ifindex, asked) : err;
}

static void match_local(const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);

	*(bool *)arg = route->rtm_type == RTN_LOCAL;
}

bool rtnl_addr_is_local(struct request *request, const struct net_ip *ip)
{
	struct rtmsg *route = request_begin(request, RTM_GETROUTE, 0, sizeof(*route));
	bool local = false;

	route->rtm_family = (uint8_t)ip->family;
	route->rtm_dst_len = (uint8_t)(8 * net_ip_size(ip->family));
	mnl_attr_put(request->msg, RTA_DST, net_ip_size(ip->family), ip->bytes);
	return request_run(request, match_local, &local) == 0 && local;
}

static void match_route(const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	struct wanted *wanted = arg;
	const struct net_route *asked = wanted->route;
	const struct nlattr *oif = find_attr(msg, sizeof(*route), RTA_OIF);
	const struct nlattr *via = find_attr(msg, sizeof(*route), RTA_GATEWAY);
	const struct nlattr *dest = find_attr(msg, sizeof(*route), RTA_DST);

	if (route->rtm_dst_len == asked->dest.prefix && route->rtm_table == RT_TABLE_MAIN && oif &&
	    (int)mnl_attr_get_u32(oif) == wanted->ifindex &&
	    (!asked->dest.prefix || attr_is_ip(dest, &asked->dest.ip)) &&
	    (asked->has_via ? attr_is_ip(via, &asked->via) : !via))
		wanted->found = true;
}

static int accept_route(struct request *request, int ifindex, const struct net_route *asked)
{
	struct wanted wanted = { .ifindex = ifindex, .route = asked };
	struct rtmsg *route = request_begin(request, RTM_GETROUTE, NLM_F_DUMP, sizeof(*route));
	int err;

	route->rtm_family = (uint8_t)asked->dest.ip.family;
	err = request_run(request, match_route, &wanted);
	return err < 0 ? err : wanted.found ? 0 : -EEXIST;
}

int rtnl_route_add(struct request *request, int ifindex, const struct net_route *asked, bool onlink)
{
	/* Without NLM_F_EXCL a second IPv6 gateway silently makes a multipath route. */
	struct rtmsg *route =
		request_begin(request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(*route));
	const struct net_ip *dest = &asked->dest.ip;
	int err;

	route->rtm_family = (uint8_t)dest->family;
	route->rtm_dst_len = (uint8_t)asked->dest.prefix;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = asked->has_via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	route->rtm_type = RTN_UNICAST;
	route->rtm_flags = onlink ? RTNH_F_ONLINK : 0;
	mnl_attr_put_u32(request->msg, RTA_OIF, (uint32_t)ifindex);
	if (asked->dest.prefix)
		mnl_attr_put(request->msg, RTA_DST, net_ip_size(dest->family), dest->bytes);
	if (asked->has_via)
		mnl_attr_put(request->msg, RTA_GATEWAY, net_ip_size(dest->family),
			     asked->via.bytes);
	err = request_run(request, NULL, NULL);
	return err == -EEXIST ? accept_route(request, ifindex, asked) : err;
}
