/* New interfaces, said in rtnetlink(7). May change nothing in the sandbox but that they appear. */
#include "link.h"

#include "rtnl.h"
#include "say.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

/* Names go into the new network namespace at once, so that none is taken there. */
static void put_inside(struct request *request, const struct spec_net *net, pid_t pid)
{
	mnl_attr_put_strz(request->msg, IFLA_IFNAME, net->inside);
	mnl_attr_put_u32(request->msg, IFLA_NET_NS_PID, (uint32_t)pid);
	if (net->set.mtu)
		mnl_attr_put_u32(request->msg, IFLA_MTU, net->set.mtu);
}

static int veth_add(struct request *request, const struct spec_net *net, int bridge, pid_t pid)
{
	struct ifinfomsg *link =
		request_begin(request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(*link));
	struct nlattr *info, *data, *peer;

	/* All in one message: it needs no name to find it again, which another may have taken. */
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
	if (net->outside[0])
		mnl_attr_put_strz(request->msg, IFLA_IFNAME, net->outside);
	if (net->set.mtu)
		mnl_attr_put_u32(request->msg, IFLA_MTU, net->set.mtu);
	if (bridge)
		mnl_attr_put_u32(request->msg, IFLA_MASTER, (uint32_t)bridge);
	info = mnl_attr_nest_start(request->msg, IFLA_LINKINFO);
	mnl_attr_put_strz(request->msg, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(request->msg, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(request->msg, VETH_INFO_PEER);
	(void)mnl_nlmsg_put_extra_header(request->msg, sizeof(struct ifinfomsg));
	put_inside(request, net, pid);
	mnl_attr_nest_end(request->msg, peer);
	mnl_attr_nest_end(request->msg, data);
	mnl_attr_nest_end(request->msg, info);
	return request_run(request, NULL, NULL);
}

static int macvlan_add(struct request *request, const struct spec_net *net, int parent, pid_t pid)
{
	static const uint32_t modes[] = { [NET_MACVLAN_BRIDGE] = MACVLAN_MODE_BRIDGE,
					  [NET_MACVLAN_PRIVATE] = MACVLAN_MODE_PRIVATE,
					  [NET_MACVLAN_VEPA] = MACVLAN_MODE_VEPA,
					  [NET_MACVLAN_PASSTHRU] = MACVLAN_MODE_PASSTHRU };
	struct nlattr *info, *data;

	(void)request_begin(request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
			    sizeof(struct ifinfomsg));
	put_inside(request, net, pid);
	mnl_attr_put_u32(request->msg, IFLA_LINK, (uint32_t)parent);
	info = mnl_attr_nest_start(request->msg, IFLA_LINKINFO);
	mnl_attr_put_strz(request->msg, IFLA_INFO_KIND, "macvlan");
	data = mnl_attr_nest_start(request->msg, IFLA_INFO_DATA);
	mnl_attr_put_u32(request->msg, IFLA_MACVLAN_MODE, modes[net->macvlan]);
	mnl_attr_nest_end(request->msg, data);
	mnl_attr_nest_end(request->msg, info);
	return request_run(request, NULL, NULL);
}

static const char *link_fix(int err, bool bridge)
{
	switch (err) {
	case -EPERM:
		return "only root may change the host's network: as another user take --net=pasta";
	case -EEXIST:
		return "an interface of that name is there already: choose another";
	case -EOPNOTSUPP:
		return bridge ? "that is no bridge, or the kernel's module veth isn't loaded"
			      : "the kernel's module for it isn't loaded, or not built";
	case -EBUSY:
		return "the interface is in use by another, as a bridge's port or a passthru";
	case -EINVAL:
		return "that interface can't carry one, as lo can't";
	default:
		return NULL;
	}
}

static int find(struct request *request, const char *ifname, const char *what)
{
	int ifindex = rtnl_link_find(request, ifname);

	return ifindex >= 0 ? ifindex
			    : say_errno(ifindex, request->words, NULL,
					"cannot find %s %s on the host", what, ifname);
}

static int set_host_address(struct request *request, const struct spec_net *net)
{
	int ifindex = rtnl_link_find(request, net->outside);
	int err = ifindex < 0 ? ifindex : rtnl_addr_add(request, ifindex, &net->host_address);

	return err ? say_errno(err, request->words, NULL, "cannot add the host-address to %s",
			       net->outside)
		   : 0;
}

static int veth_make(struct request *request, const struct spec_net *net, pid_t pid)
{
	int bridge = net->bridge[0] ? find(request, net->bridge, "the bridge") : 0;
	int err = bridge < 0 ? 0 : veth_add(request, net, bridge, pid);

	if (bridge < 0)
		return bridge;
	if (err)
		return say_errno(err, request->words, link_fix(err, bridge),
				 "cannot make a veth pair%s%s",
				 net->outside[0] ? " with the host's end " : "", net->outside);
	return net->host_address.ip.family ? set_host_address(request, net) : 0;
}

static int macvlan_make(struct request *request, const struct spec_net *net, pid_t pid)
{
	int parent = find(request, net->outside, "the interface");
	int err = parent < 0 ? 0 : macvlan_add(request, net, parent, pid);

	if (parent < 0)
		return parent;
	return err ? say_errno(err, request->words, link_fix(err, false),
			       "cannot make a macvlan of %s", net->outside)
		   : 0;
}

int link_make(struct request *request, const struct spec_net *net, pid_t pid)
{
	if (net->mode == NET_VETH)
		return veth_make(request, net, pid);
	return net->mode == NET_MACVLAN ? macvlan_make(request, net, pid) : 0;
}
