/* netmode: what --net of cradle run and its companions take, refuse and blame; what contradicts. */
#include "netmode.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct refusal {
	const char *sentence;
	const char *option, *value;
	const char *word;     /* the word that is blamed; NULL: all */
	const char *expected; /* part of what is said */
};

#define MODE  "expected none, loopback, host, pasta"
#define PORT  "expected PORT[:INSIDE]"
#define NAME  "expected the name of a network interface"
#define ROUTE "expected a network such as"

static const struct refusal refusals[] = {
	{ "an empty mode is refused", "net", "", "", MODE },
	{ "an unknown mode is refused", "net", "bridge", "bridge", MODE },
	{ "a mode that only begins like one is refused", "net", "hosts", "hosts", MODE },
	{ "a mode in capitals is refused", "net", "HOST", "HOST", MODE },
	{ "an interface as for cradle init is refused", "net", "lo,address=10.0.0.1/8",
	  "lo,address=10.0.0.1/8", MODE },
	{ "none with a list is refused", "net", "none:eth0", "none", MODE },
	{ "host with an empty list is refused", "net", "host:", "host", MODE },
	{ "macvlan without a parent is refused", "net", "macvlan", "macvlan", MODE },
	{ "macvlan with an empty parent is refused", "net", "macvlan:", "", NAME },
	{ "ns without a path is refused", "net", "ns", "ns", MODE },
	{ "ns with an empty path is refused", "net", "ns:", "ns", "expected ns:PATH" },
	{ "an unknown word of pasta is refused", "net", "pasta:sctp=80", "sctp=80",
	  "expected tcp=" },
	{ "an empty list of pasta is refused", "net", "pasta:", "", "expected tcp=" },
	{ "a port without a number is refused", "net", "pasta:tcp=", "tcp=", PORT },
	{ "port 0 is refused", "net", "pasta:tcp=0", "tcp=0", PORT },
	{ "port 65536 is refused", "net", "pasta:udp=53,tcp=65536", "tcp=65536", PORT },
	{ "a port of six digits is refused", "net", "pasta:tcp=000080", "tcp=000080", PORT },
	{ "a port by name is refused", "net", "pasta:tcp=http", "tcp=http", PORT },
	{ "a negative port is refused", "net", "pasta:tcp=-80", "tcp=-80", PORT },
	{ "a range without an end is refused", "net", "pasta:tcp=80-", "tcp=80-", PORT },
	{ "a range backwards is refused", "net", "pasta:tcp=81-80", "tcp=81-80", PORT },
	{ "a range of three is refused", "net", "pasta:tcp=1-2-3", "tcp=1-2-3", PORT },
	{ "nothing inside is refused", "net", "pasta:tcp=80:", "tcp=80:", PORT },
	{ "three ports are refused", "net", "pasta:tcp=1:2:3", "tcp=1:2:3", PORT },
	{ "ranges of different lengths are refused", "net", "pasta:tcp=1-3:1-4", "tcp=1-3:1-4",
	  "expected as many" },
	{ "auto is refused: it would open all ports", "net", "pasta:tcp=auto", "tcp=auto", PORT },
	{ "what isn't an address is refused", "net", "pasta:tcp=localhost/80", "tcp=localhost/80",
	  "expected ADDRESS/PORT" },
	{ "an address for what leads outside is refused", "net", "pasta:tcp-ns=127.0.0.1/80",
	  "tcp-ns=127.0.0.1/80", "expected no address" },
	{ "an option smuggled into a port is refused", "net", "pasta:tcp=80 -T auto",
	  "tcp=80 -T auto", PORT },
	{ "a long name of the host's end is refused", "net", "veth:abcdefghijklmnop",
	  "abcdefghijklmnop", NAME },
	{ "a name with a slash is refused", "net", "veth:h0,bridge=a/b", "bridge=a/b", NAME },
	{ "an empty bridge is refused", "net", "veth:h0,bridge=", "bridge=", NAME },
	{ "an unknown word of veth is refused", "net", "veth:h0,mode=bridge", "mode=bridge",
	  "expected bridge=NAME" },
	{ "a second word without = is refused", "net", "veth:h0,h1", "h1", "expected bridge=" },
	{ "a host-address without prefix is refused", "net", "veth:h0,host-address=10.0.0.1",
	  "host-address=10.0.0.1", "expected host-address=CIDR" },
	{ "an unknown mode of macvlan is refused", "net", "macvlan:eth0,mode=source", "mode=source",
	  "mode=bridge, private" },
	{ "a mode that only begins like one is refused", "net", "macvlan:eth0,mode=bridged",
	  "mode=bridged", "mode=bridge, private" },
	{ "an address without prefix is refused", "address", "10.0.0.1", NULL, "A.B.C.D/N" },
	{ "no address is refused", "address", "", NULL, "A.B.C.D/N" },
	{ "an address without bits is refused", "address", "0.0.0.0/8", NULL, "A.B.C.D/N" },
	{ "a prefix of 33 bits is refused", "address", "10.0.0.1/33", NULL, "A.B.C.D/N" },
	{ "a route to a host's name is refused", "route", "localhost", NULL, ROUTE },
	{ "a route with bits beyond its prefix is refused", "route", "10.0.0.1/8", NULL, ROUTE },
	{ "the same within a byte is refused", "route", "10.8.0.0/12", NULL, ROUTE },
	{ "a route without prefix is refused", "route", "10.0.0.0", NULL, ROUTE },
	{ "an empty route is refused", "route", "", NULL, ROUTE },
	{ "a route through nothing is refused", "route", "default,via=", NULL, "DEST,via=IP" },
	{ "an unknown word of a route is refused", "route", "default,dev=eth0", NULL,
	  "DEST,via=IP" },
	{ "a router of another family is refused", "route", "10.0.0.0/8,via=fd00::1", NULL,
	  "family" },
	{ "a name server by name is refused", "dns", "localhost", NULL, "expected the IP" },
	{ "an MTU of 67 is refused", "mtu", "67", NULL, "expected from 68" },
	{ "an MTU of 65536 is refused", "mtu", "65536", NULL, "expected from 68" },
	{ "an empty MTU is refused", "mtu", "", NULL, "expected from 68" },
};

static const char *set(struct spec_net *net, const char *option, const char *value,
		       const char **word, size_t *len)
{
	if (!strcmp(option, "net"))
		return netmode_parse(net, value, word, len);
	return netmode_set(net, option, value);
}

static void check_refusals(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		struct spec_net net = { .mode = NET_LOOPBACK };
		const char *word = r->value;
		size_t len = strlen(word);
		const char *said = set(&net, r->option, r->value, &word, &len);
		bool blamed = !r->word || (len == strlen(r->word) && !memcmp(word, r->word, len));

		tap_ok(said && strstr(said, r->expected) && blamed && !net.nwords, "%s: %s (%.*s)",
		       r->sentence, said ? said : "taken", (int)len, word);
	}
}

/* Up to six options, name and value. */
struct conflict {
	const char *sentence;
	const char *options[12];
	const char *said; /* part of it; NULL: nothing */
};

static const struct conflict conflicts[] = {
	{ "nothing at all is no conflict", { NULL }, NULL },
	{ "addresses of the loopback are none",
	  { "address", "10.0.0.1/32", "route", "10.1.0.0/16", "mtu", "9000" },
	  NULL },
	{ "no address without an interface that is up",
	  { "net", "none", "address", "10.0.0.1/8" },
	  "--net=none" },
	{ "the order doesn't matter", { "address", "10.0.0.1/8", "net", "none" }, "--net=none" },
	{ "the host's interfaces get no address",
	  { "net", "host", "address", "10.0.0.1/8" },
	  "--net=host" },
	{ "nor another's a route", { "net", "ns:/run/x", "route", "default" }, "--net=ns" },
	{ "nor the host's an MTU", { "net", "host", "mtu", "1500" }, "--net=host" },
	{ "a name server goes with all of them", { "net", "host", "dns", "10.0.0.1" }, NULL },
	{ "a later mode replaces the first",
	  { "net", "host", "address", "10.0.0.1/8", "net", "loopback" },
	  NULL },
	{ "a router needs an address of its family",
	  { "net", "veth:h0", "address", "10.0.0.1/8", "route", "default,via=fd00::1" },
	  "of its family" },
	{ "a link-local one doesn't", { "net", "veth:h0", "route", "default,via=fe80::1" }, NULL },
	{ "fec0::1 is not link-local",
	  { "net", "veth:h0", "route", "default,via=fec0::1" },
	  "of its family" },
	{ "two default routes of one family conflict",
	  { "address", "10.0.0.2/8", "route", "default,via=10.0.0.1", "route", "0.0.0.0/0" },
	  "twice" },
	{ "of two families they don't",
	  { "address", "10.0.0.2/8", "route", "default", "route", "::/0" },
	  NULL },
	{ "an MTU below 1280 conflicts with IPv6",
	  { "address", "fd00::1/64", "mtu", "1279" },
	  "too small" },
	{ "pasta has one address of a family",
	  { "net", "pasta", "address", "10.0.0.1/8", "address", "10.0.0.2/8" },
	  "at most one" },
	{ "pasta has one of each",
	  { "net", "pasta", "address", "10.0.0.1/8", "address", "fd00::1/64" },
	  NULL },
	{ "pasta has no other IPv6 prefix",
	  { "net", "pasta", "address", "fd00::1/48" },
	  "64 bits" },
	{ "pasta has no route but the default one",
	  { "net", "pasta", "route", "10.0.0.0/8,via=10.1.1.1" },
	  "default route" },
	{ "pasta's router needs no address",
	  { "net", "pasta", "route", "default,via=10.1.1.1" },
	  NULL },
	{ "a host-address needs a name",
	  { "net", "veth:host-address=10.0.0.1/8" },
	  "needs the name" },
	{ "a bridge's port has no address",
	  { "net", "veth:h0,host-address=10.0.0.1/8,bridge=br0" },
	  "expected one" },
};

/* False, and says so, if one of them is refused alone. */
static bool set_all(struct spec_net *net, const char *const *options, const char *sentence)
{
	const char *word, *said;
	size_t len;

	for (unsigned i = 0; i < 12 && options[i]; i += 2) {
		said = set(net, options[i], options[i + 1], &word, &len);
		if (!said)
			continue;
		tap_ok(false, "%s: --%s=%s: %s", sentence, options[i], options[i + 1], said);
		return false;
	}
	return true;
}

static void check_conflicts(void)
{
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		const struct conflict *c = &conflicts[i];
		struct spec_net net = { .mode = NET_LOOPBACK };
		const char *said;

		if (!set_all(&net, c->options, c->sentence))
			continue;
		said = netmode_conflict(&net);
		tap_ok(c->said ? said && strstr(said, c->said) : !said, "%s: %s", c->sentence,
		       said ? said : "none");
	}
}

struct meaning {
	const char *options[12];
	bool unshares, loopback, helper;
	const char *resolv_conf;
};

static const struct meaning meanings[] = {
	{ { NULL }, true, true, false, "" },
	{ { "net", "none" }, true, false, false, "" },
	{ { "net", "host" }, false, false, false, "" },
	{ { "net", "ns:/run/netns/x" }, false, false, false, "" },
	{ { "net", "pasta" }, true, true, false, "nameserver 169.254.1.1\n" },
	{ { "net", "veth" }, true, true, true, "" },
	{ { "net", "macvlan:eth0" }, true, true, true, "" },
	{ { "mtu", "9000" }, true, true, true, "" },
	{ { "route", "10.0.0.0/8" }, true, true, true, "" },
	{ { "dns", "10.0.0.1", "dns", "fd00::1" },
	  true,
	  true,
	  false,
	  "nameserver 10.0.0.1\nnameserver fd00::1\n" },
	{ { "net", "pasta", "dns", "10.0.0.1" }, true, true, false, "nameserver 10.0.0.1\n" },
};

static void check_meanings(void)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct meaning *m = &meanings[i];
		const char *name = m->options[0] ? m->options[1] : "nothing";
		struct spec_net net = { .mode = NET_LOOPBACK };
		char text[NET_RESOLV_SIZE];

		if (!set_all(&net, m->options, name))
			continue;
		tap_ok(netmode_unshares(&net) == m->unshares, "%s: a namespace or none", name);
		tap_ok(netmode_wants_loopback(&net) == m->loopback, "%s: lo up or not", name);
		tap_ok(netmode_wants_helper(&net) == m->helper, "%s: cradle-net or not", name);
		tap_ok(netmode_resolv_conf(&net, text) == strlen(m->resolv_conf) &&
			       !strcmp(text, m->resolv_conf),
		       "%s: the name servers", name);
	}
}

static void check_ports(void)
{
	static const struct {
		char option;
		const char *text;
	} expected[] = { { 't', "127.0.0.1/8080:80" }, { 'u', "0.0.0.0/53" }, { 'T', "5432" },
			 { 't', "fd00::1/1-3:11-13" }, { 'U', "1-65535" },    { 't', "::/443" } };
	struct spec_net net = { .mode = NET_HOST };
	const char *word;
	size_t len;
	const char *said = netmode_parse(&net,
					 "pasta:tcp=8080:80,udp=0.0.0.0/53,tcp-ns=5432,"
					 "tcp=fd00::1/1-3:11-13,udp-ns=1-65535,tcp=::/443",
					 &word, &len);

	tap_ok(!said && net.nports == 6, "six ports are read: %s", said ? said : "yes");
	for (unsigned i = 0; i < 6 && i < net.nports; i++)
		tap_ok(net.port[i].option == expected[i].option &&
			       !strcmp(net.port[i].text, expected[i].text),
		       "port %u becomes -%c %s", i, net.port[i].option, net.port[i].text);
	said = netmode_parse(&net,
			     "pasta:tcp=1,tcp=2,tcp=3,tcp=4,tcp=5,tcp=6,tcp=7,tcp=8,tcp=9,tcp=10,"
			     "tcp=11,tcp=12,tcp=13,tcp=14,tcp=15,tcp=16,tcp=17",
			     &word, &len);
	tap_ok(said && strstr(said, "at most 16"), "the 17th port is refused");
}

static void check_fields(void)
{
	struct spec_net net = { .mode = NET_HOST };
	const char *word;
	size_t len;

	tap_ok(!netmode_parse(&net, "veth:h0,bridge=br0,name=net0", &word, &len) &&
		       net.mode == NET_VETH && !strcmp(net.outside, "h0") &&
		       !strcmp(net.bridge, "br0") && !strcmp(net.inside, "net0"),
	       "a veth pair has all its names");
	tap_ok(!netmode_parse(&net, "veth:bridge=br1", &word, &len) && !net.outside[0] &&
		       !strcmp(net.bridge, "br1") && !strcmp(net.inside, "eth0"),
	       "the host's end may be left out, and nothing stays of an earlier one");
	tap_ok(!netmode_parse(&net, "macvlan:eth1,mode=vepa", &word, &len) &&
		       net.mode == NET_MACVLAN && !strcmp(net.outside, "eth1") &&
		       net.macvlan == NET_MACVLAN_VEPA && !strcmp(net.inside, "eth0"),
	       "a macvlan has a parent and a mode");
	tap_ok(!netmode_parse(&net, "ns:/run/netns/a,b:c", &word, &len) && net.mode == NET_NS &&
		       !strcmp(net.path, "/run/netns/a,b:c"),
	       "a path is taken as it is");
	tap_ok(net.nwords == 2 && !strcmp(net.word[0], "net") &&
		       !strcmp(net.word[1], "ns:/run/netns/a,b:c"),
	       "only the last mode is handed on");
	tap_ok(!netmode_set(&net, "route", "default,via=fd00::1") &&
		       net.set.route[0].dest.ip.family == AF_INET6 && !net.set.route[0].dest.prefix,
	       "the default route has its router's family");
	for (unsigned i = 0; i < NET_MAX_ADDRESSES; i++)
		(void)netmode_set(&net, "address", "10.0.0.1/8");
	for (unsigned i = 1; i < NET_MAX_ROUTES; i++)
		(void)netmode_set(&net, "route", "default");
	for (unsigned i = 0; i < NET_MAX_DNS; i++)
		(void)netmode_set(&net, "dns", "fd00:1111:2222:3333:4444:5555:6666:7777");
	tap_ok(!netmode_set(&net, "mtu", "1500") && net.nwords <= NET_MAX_WORDS &&
		       netmode_set(&net, "address", "10.0.0.1/8") &&
		       netmode_set(&net, "route", "default") &&
		       netmode_set(&net, "dns", "10.0.0.1"),
	       "as many as are allowed are handed on, one more is refused");
	{
		char text[NET_RESOLV_SIZE];

		tap_ok(netmode_resolv_conf(&net, text) == 3 * strlen("nameserver \n") + 3 * 39,
		       "three long name servers fit");
	}
}

int main(void)
{
	check_refusals();
	check_conflicts();
	check_meanings();
	check_ports();
	check_fields();
	return tap_done();
}
