/* Read what network a sandbox gets. May not allocate, print or make a system call. */
#include "netmode.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char a_mode[] = "expected none, loopback, host, pasta[:PORTS], veth[:...], "
			     "macvlan:PARENT or ns:PATH";
static const char a_port[] = "expected PORT[:INSIDE] or FIRST-LAST[:FIRST-LAST], from 1 to 65535";

/* The list behind the mode's colon, word by word. */
struct reader {
	struct spec_net *net;
	const char *word;
	size_t len;
};

/* What comes behind "key=" in the word, or NULL. */
static const char *value_of(const struct reader *r, const char *key)
{
	size_t len = strlen(key);

	return r->len > len && !memcmp(r->word, key, len) && r->word[len] == '=' ? r->word + len + 1
										 : NULL;
}

static size_t length_of(const struct reader *r, const char *value)
{
	return (size_t)(r->word + r->len - value);
}

/* A port or a range of them; what follows it, or NULL. */
static const char *read_ports(const char *text, const char *end, unsigned *count)
{
	unsigned port[2] = { 0, 0 };
	unsigned n = 0;

	for (; n < 2; n++) {
		const char *start = text;

		for (; text < end && *text >= '0' && *text <= '9' && text - start < 5; text++)
			port[n] = port[n] * 10 + (unsigned)(*text - '0');
		if (text == start || port[n] < 1 || port[n] > 65535)
			return NULL;
		if (text == end || *text != '-' || n)
			break;
		text++;
	}
	if (n && port[1] < port[0])
		return NULL;
	*count = n ? port[1] - port[0] + 1 : 1;
	return text;
}

static const char *check_ports(const char *text, const char *end)
{
	unsigned outside, inside;

	text = read_ports(text, end, &outside);
	if (text && text < end && *text == ':') {
		text = read_ports(text + 1, end, &inside);
		if (text && inside != outside)
			return "expected as many ports inside as outside";
	}
	return text == end ? NULL : a_port;
}

/* An address of the host, or all of them. */
static bool is_bindable(const char *text, size_t len)
{
	struct net_ip ip;

	return net_read_ip(text, len, &ip) || (len == 7 && !memcmp(text, "0.0.0.0", len)) ||
	       (len == 2 && !memcmp(text, "::", len));
}

/* By default the host's loopback address alone: what a sandbox serves is its user's, not the
 * network's. */
static const char *set_port(struct spec_net *net, char option, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	const char *ports = slash ? slash + 1 : text;
	bool inwards = option == 't' || option == 'u';
	struct net_port *port = &net->port[net->nports];
	const char *wrong = check_ports(ports, text + len);

	if (net->nports == NET_MAX_PORTS)
		return "expected at most 16 ports or ranges of them";
	if (slash && !inwards)
		return "expected no address: this leads to the host's loopback alone";
	if (slash && !is_bindable(text, (size_t)(slash - text)))
		return "expected ADDRESS/PORT, an address of the host";
	if (wrong)
		return wrong;
	port->option = option;
	(void)snprintf(port->text, sizeof(port->text), "%s%.*s",
		       inwards && !slash ? "127.0.0.1/" : "", (int)len, text);
	net->nports++;
	return NULL;
}

static const char *pasta_word(struct reader *r)
{
	static const struct {
		const char *key;
		char option;
	} keys[] = { { "tcp", 't' }, { "udp", 'u' }, { "tcp-ns", 'T' }, { "udp-ns", 'U' } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = value_of(r, keys[i].key);

		if (value)
			return set_port(r->net, keys[i].option, value, length_of(r, value));
	}
	return "expected tcp=, udp=, tcp-ns= or udp-ns= and a port";
}

static const char *veth_word(struct reader *r)
{
	const char *bridge = value_of(r, "bridge");
	const char *name = value_of(r, "name");
	const char *address = value_of(r, "host-address");

	if (bridge)
		return net_read_ifname(bridge, length_of(r, bridge), r->net->bridge);
	if (name)
		return net_read_ifname(name, length_of(r, name), r->net->inside);
	if (!address)
		return "expected bridge=NAME, name=NAME or host-address=CIDR";
	return net_read_address(address, length_of(r, address), &r->net->host_address)
		       ? NULL
		       : "expected host-address=CIDR, a host's own address";
}

static const char *macvlan_word(struct reader *r)
{
	static const char *const modes[] = { [NET_MACVLAN_BRIDGE] = "mode=bridge",
					     [NET_MACVLAN_PRIVATE] = "mode=private",
					     [NET_MACVLAN_VEPA] = "mode=vepa",
					     [NET_MACVLAN_PASSTHRU] = "mode=passthru" };
	const char *name = value_of(r, "name");

	if (name)
		return net_read_ifname(name, length_of(r, name), r->net->inside);
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strlen(modes[i]) != r->len || memcmp(modes[i], r->word, r->len) != 0)
			continue;
		r->net->macvlan = (enum net_macvlan)i;
		return NULL;
	}
	return "expected name=NAME or mode=bridge, private, vepa or passthru";
}

/* The first word of a veth is the host's end, if it isn't one of the others. */
static const char *first_word(struct reader *r)
{
	if (r->net->mode == NET_MACVLAN ||
	    (r->net->mode == NET_VETH && !memchr(r->word, '=', r->len)))
		return r->net->mode == NET_VETH && !r->len
			       ? NULL
			       : net_read_ifname(r->word, r->len, r->net->outside);
	return r->net->mode == NET_VETH ? veth_word(r) : pasta_word(r);
}

static const char *next_word(struct reader *r)
{
	return r->net->mode == NET_MACVLAN ? macvlan_word(r)
	       : r->net->mode == NET_VETH  ? veth_word(r)
					   : pasta_word(r);
}

static const char *read_list(struct reader *r, const char *list)
{
	const char *expected;

	r->word = list;
	r->len = strcspn(list, ",");
	expected = first_word(r);
	while (!expected && r->word[r->len]) {
		r->word += r->len + 1;
		r->len = strcspn(r->word, ",");
		expected = next_word(r);
	}
	return expected;
}

static const char *keep(struct spec_net *net, const char *option, const char *value)
{
	if (net->nwords + 2 > NET_MAX_WORDS)
		return "expected fewer options for the network";
	net->word[net->nwords++] = option;
	net->word[net->nwords++] = value;
	return NULL;
}

/* Forget the mode that an earlier option set, but not what belongs to any. */
static void begin(struct spec_net *net, enum net_mode mode)
{
	const struct spec_net old = *net;

	memset(net, 0, sizeof(*net));
	net->mode = mode;
	net->set = old.set;
	for (unsigned i = 0; i < old.nwords; i += 2) {
		if (strcmp(old.word[i], "net"))
			(void)keep(net, old.word[i], old.word[i + 1]);
	}
	if (mode == NET_VETH || mode == NET_MACVLAN)
		(void)snprintf(net->inside, sizeof(net->inside), "eth0");
}

static const char *read_path(struct reader *r, const char *path)
{
	if (!*path)
		return "expected ns:PATH, a network namespace such as /run/netns/NAME";
	r->net->path = path;
	return NULL;
}

const char *netmode_parse(struct spec_net *net, const char *value, const char **word, size_t *len)
{
	static const char *const modes[] = { [NET_LOOPBACK] = "loopback",
					     [NET_NONE] = "none",
					     [NET_HOST] = "host",
					     [NET_PASTA] = "pasta",
					     [NET_VETH] = "veth",
					     [NET_MACVLAN] = "macvlan",
					     [NET_NS] = "ns" };
	struct reader r = { .net = net, .word = value, .len = strcspn(value, ":") };
	const char *list = value[r.len] ? value + r.len + 1 : NULL;
	const char *expected = a_mode;
	unsigned mode = 0;

	while (mode <= NET_NS &&
	       (strlen(modes[mode]) != r.len || memcmp(modes[mode], value, r.len) != 0))
		mode++;
	if (mode <= NET_NS && (list || (mode != NET_MACVLAN && mode != NET_NS)) &&
	    (!list || mode >= NET_PASTA)) {
		begin(net, (enum net_mode)mode);
		expected = !list            ? NULL
			   : mode == NET_NS ? read_path(&r, list)
					    : read_list(&r, list);
	}
	*word = r.word;
	*len = r.len;
	return expected ? expected : keep(net, "net", value);
}

static const char *set_address(struct spec_net *net, const char *value)
{
	if (net->set.naddresses == NET_MAX_ADDRESSES)
		return "expected at most 8 addresses";
	if (!net_read_address(value, strlen(value), &net->set.address[net->set.naddresses]))
		return "expected A.B.C.D/N or IPV6/N, a host's own address";
	net->set.naddresses++;
	return NULL;
}

/* "default" has the family of its gateway. */
static bool read_dest(const char *text, size_t len, int family, struct net_addr *dest)
{
	if (len != strlen("default") || memcmp(text, "default", len) != 0)
		return net_read_network(text, len, dest);
	memset(dest, 0, sizeof(*dest));
	dest->ip.family = family;
	return true;
}

static const char *set_route(struct spec_net *net, const char *value)
{
	struct net_route *route = &net->set.route[net->set.nroutes];
	size_t len = strcspn(value, ",");
	const char *via = value[len] ? value + len + 1 : NULL;

	if (net->set.nroutes == NET_MAX_ROUTES)
		return "expected at most 8 routes";
	*route = (struct net_route){ .has_via = via };
	if (via &&
	    (strncmp(via, "via=", 4) != 0 || !net_read_ip(via + 4, strlen(via + 4), &route->via)))
		return "expected DEST,via=IP, the address of a router";
	if (!read_dest(value, len, via ? route->via.family : AF_INET, &route->dest))
		return "expected a network such as 10.0.0.0/8 or fd00::/16, no bit set beyond its "
		       "prefix, or default";
	if (via && route->dest.ip.family != route->via.family)
		return "expected a router of the network's family";
	net->set.nroutes++;
	return NULL;
}

static const char *set_dns(struct spec_net *net, const char *value)
{
	if (net->set.ndns == NET_MAX_DNS)
		return "expected at most 3 name servers";
	if (!net_read_ip(value, strlen(value), &net->set.dns[net->set.ndns]))
		return "expected the IP address of a name server";
	net->set.ndns++;
	return NULL;
}

static const char *set_mtu(struct spec_net *net, const char *value)
{
	return net_read_mtu(value, strlen(value), &net->set.mtu) ? NULL
								 : "expected from 68 to 65535";
}

const char *netmode_set(struct spec_net *net, const char *option, const char *value)
{
	static const struct {
		const char *option;
		const char *(*set)(struct spec_net *net, const char *value);
	} options[] = {
		{ "address", set_address },
		{ "route", set_route },
		{ "dns", set_dns },
		{ "mtu", set_mtu },
	};
	const char *wrong = "expected address, route, dns or mtu";

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!strcmp(options[i].option, option))
			wrong = options[i].set(net, value);
	}
	return wrong ? wrong : keep(net, option, value);
}

bool netmode_unshares(const struct spec_net *net)
{
	return net->mode != NET_HOST && net->mode != NET_NS;
}

bool netmode_wants_loopback(const struct spec_net *net)
{
	return netmode_unshares(net) && net->mode != NET_NONE;
}

static bool has_settings(const struct spec_net *net)
{
	return net->set.naddresses || net->set.nroutes || net->set.mtu;
}

bool netmode_wants_helper(const struct spec_net *net)
{
	return net->mode == NET_VETH || net->mode == NET_MACVLAN ||
	       (net->mode == NET_LOOPBACK && has_settings(net));
}

bool netmode_has_outside(const struct spec_net *net)
{
	return net->mode == NET_PASTA || netmode_wants_helper(net);
}

size_t netmode_resolv_conf(const struct spec_net *net, char text[NET_RESOLV_SIZE])
{
	char ip[INET6_ADDRSTRLEN];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < net->set.ndns; i++) {
		(void)inet_ntop(net->set.dns[i].family, net->set.dns[i].bytes, ip, sizeof(ip));
		len += (size_t)snprintf(text + len, NET_RESOLV_SIZE - len, "nameserver %s\n", ip);
	}
	if (!len && net->mode == NET_PASTA)
		len = (size_t)snprintf(text, NET_RESOLV_SIZE, "nameserver " NET_PASTA_DNS "\n");
	return len;
}
