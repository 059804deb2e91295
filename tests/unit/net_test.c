/* net_parse(): every word it takes, every word it refuses, and which word it blames. */
#include "net.h"
#include "tap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct refusal {
	const char *sentence;
	const char *value;
	const char *word;     /* the word that is blamed */
	const char *expected; /* part of what is said */
};

#define NET  "expected the name of a network interface"
#define KEY  "expected address=CIDR, gateway=IP, mtu=N or dns=IP"
#define CIDR "expected address=A.B.C.D/N or address=IPV6/N"
#define MTU  "expected mtu=N, with 68 <= N <= 65535"

static const struct refusal refusals[] = {
	{ "an empty value is refused", "", "", NET },
	{ "an empty interface name is refused", ",mtu=1500", "", NET },
	{ "a name of 16 characters is refused", "abcdefghijklmnop", "abcdefghijklmnop", "1 to 15" },
	{ "a name with a slash is refused", "../eth0", "../eth0", NET },
	{ "a name with a colon is refused", "eth0:1", "eth0:1", NET },
	{ "a name with a space is refused", "eth 0", "eth 0", NET },
	{ "a name with a new line is refused", "eth0\n", "eth0\n", NET },
	{ "a name that is . is refused", ".", ".", NET },
	{ "a name that is .. is refused", "..,mtu=1500", "..", NET },
	{ "a comma at the end is refused", "eth0,", "", KEY },
	{ "two commas are refused", "eth0,,mtu=1500", "", KEY },
	{ "an unknown key is refused", "eth0,mtu=1500,route=1.2.3.4", "route=1.2.3.4", KEY },
	{ "a key that only begins like one is refused", "eth0,addresses=1.2.3.4/8",
	  "addresses=1.2.3.4/8", KEY },
	{ "a key in capitals is refused", "eth0,MTU=1500", "MTU=1500", KEY },
	{ "a key without = is refused", "eth0,mtu", "mtu", KEY },
	{ "a space before a key is refused", "eth0, mtu=1500", " mtu=1500", KEY },
	{ "an address without a prefix is refused", "eth0,address=10.0.2.15", "address=10.0.2.15",
	  CIDR },
	{ "an address with an empty prefix is refused", "eth0,address=10.0.2.15/",
	  "address=10.0.2.15/", CIDR },
	{ "an empty address is refused", "eth0,address=", "address=", CIDR },
	{ "a prefix alone is refused", "eth0,address=/24", "address=/24", CIDR },
	{ "three numbers are no address", "eth0,address=10.0.2/24", "address=10.0.2/24", CIDR },
	{ "a number above 255 is no address", "eth0,address=10.0.2.256/24", "address=10.0.2.256/24",
	  CIDR },
	{ "a name is no address", "eth0,address=localhost/8", "address=localhost/8", CIDR },
	{ "an IPv6 address with a zone is refused", "eth0,address=fe80::1%eth0/64",
	  "address=fe80::1%eth0/64", CIDR },
	{ "an IPv6 address with two :: is refused", "eth0,address=fd00::1::2/64",
	  "address=fd00::1::2/64", CIDR },
	{ "an address longer than any is refused",
	  "eth0,address=0000:0000:0000:0000:0000:0000:0000:0000:0000:0001/64",
	  "address=0000:0000:0000:0000:0000:0000:0000:0000:0000:0001/64", CIDR },
	{ "an address without bits is refused", "eth0,address=0.0.0.0/0", "address=0.0.0.0/0",
	  CIDR },
	{ "an IPv6 address without bits is refused", "eth0,address=::/0", "address=::/0", CIDR },
	{ "a multicast address is refused", "eth0,address=224.0.0.1/4", "address=224.0.0.1/4",
	  CIDR },
	{ "an IPv6 multicast address is refused", "eth0,address=ff02::1/64", "address=ff02::1/64",
	  CIDR },
	{ "the broadcast address is refused", "eth0,address=255.255.255.255/32",
	  "address=255.255.255.255/32", CIDR },
	{ "a prefix with a sign is refused", "eth0,address=10.0.2.15/+24", "address=10.0.2.15/+24",
	  CIDR },
	{ "a negative prefix is refused", "eth0,address=10.0.2.15/-1", "address=10.0.2.15/-1",
	  CIDR },
	{ "a netmask is no prefix", "eth0,address=10.0.2.15/255.255.255.0",
	  "address=10.0.2.15/255.255.255.0", CIDR },
	{ "something after the prefix is refused", "eth0,address=10.0.2.15/24x",
	  "address=10.0.2.15/24x", CIDR },
	{ "a prefix that overflows is refused", "eth0,address=10.0.2.15/4294967304",
	  "address=10.0.2.15/4294967304", CIDR },
	{ "a prefix above 32 is refused for IPv4", "eth0,address=10.0.2.15/33",
	  "address=10.0.2.15/33", "at most 32 bits" },
	{ "a prefix above 128 is refused for IPv6", "eth0,address=fd00::1/129",
	  "address=fd00::1/129", "128 for IPv6" },
	{ "a ninth address is refused",
	  "e,address=10.0.0.1/8,address=10.0.0.2/8,address=10.0.0.3/8,address=10.0.0.4/8,"
	  "address=10.0.0.5/8,address=10.0.0.6/8,address=10.0.0.7/8,address=10.0.0.8/8,"
	  "address=10.0.0.9/8",
	  "address=10.0.0.9/8", "at most 8 addresses" },
	{ "an empty gateway is refused",
	  "eth0,address=10.0.2.15/24,gateway=", "gateway=", "expected gateway=IP" },
	{ "a gateway with a prefix is refused", "eth0,address=10.0.2.15/24,gateway=10.0.2.2/24",
	  "gateway=10.0.2.2/24", "expected gateway=IP" },
	{ "a gateway without bits is refused", "eth0,address=10.0.2.15/24,gateway=0.0.0.0",
	  "gateway=0.0.0.0", "expected gateway=IP" },
	{ "a second gateway of a family is refused",
	  "eth0,address=10.0.2.15/24,gateway=10.0.2.2,gateway=10.0.2.3", "gateway=10.0.2.3",
	  "at most one gateway" },
	{ "a gateway without any address is refused", "eth0,gateway=10.0.2.2,mtu=1500",
	  "gateway=10.0.2.2", "address of the gateway's family" },
	{ "an IPv6 gateway with an IPv4 address is refused",
	  "eth0,gateway=fd00::1,address=10.0.2.15/24,dns=10.0.2.3", "gateway=fd00::1",
	  "address of the gateway's family" },
	{ "the own address as gateway is refused", "eth0,gateway=10.0.2.15,address=10.0.2.15/24",
	  "gateway=10.0.2.15", "not the interface's own" },
	{ "an MTU of 67 is refused", "eth0,mtu=67", "mtu=67", MTU },
	{ "an MTU of 65536 is refused", "eth0,mtu=65536", "mtu=65536", MTU },
	{ "an empty MTU is refused", "eth0,mtu=", "mtu=", MTU },
	{ "an MTU with a unit is refused", "eth0,mtu=9k", "mtu=9k", MTU },
	{ "a hexadecimal MTU is refused", "eth0,mtu=0x5dc", "mtu=0x5dc", MTU },
	{ "a negative MTU is refused", "eth0,mtu=-1500", "mtu=-1500", MTU },
	{ "an MTU that overflows is refused", "eth0,mtu=4294968796", "mtu=4294968796", MTU },
	{ "a second MTU is refused", "eth0,mtu=1500,mtu=1400", "mtu=1400", "only once" },
	{ "an MTU too small for IPv6 is refused", "eth0,mtu=1279,address=fd00::1/64", "mtu=1279",
	  "at least mtu=1280" },
	{ "a name server by name is refused", "eth0,dns=localhost", "dns=localhost",
	  "expected dns=IP" },
	{ "an empty name server is refused", "eth0,dns=", "dns=", "expected dns=IP" },
	{ "a fourth name server is refused", "eth0,dns=1.1.1.1,dns=1.1.1.2,dns=1.1.1.3,dns=1.1.1.4",
	  "dns=1.1.1.4", "at most 3 name servers" },
};

/* What was read, written back in one order: a value in that order comes back as it went in. */
struct reading {
	const char *sentence;
	const char *value;
	const char *read;
};

static const struct reading readings[] = {
	{ "a name alone is enough", "lo", "lo" },
	{ "a name of 15 characters is taken", "abcdefghijklmno", "abcdefghijklmno" },
	{ "an address is read", "eth0,address=10.0.2.15/24", "eth0,address=10.0.2.15/24" },
	{ "an IPv6 address is read", "eth0,address=fd00::5/64", "eth0,address=fd00::5/64" },
	{ "an IPv4-mapped address is IPv6", "eth0,address=::ffff:10.0.0.1/96",
	  "eth0,address=::ffff:10.0.0.1/96" },
	{ "a prefix of 0 is taken", "eth0,address=10.0.2.15/0", "eth0,address=10.0.2.15/0" },
	{ "a prefix of all bits is taken", "eth0,address=10.0.2.15/32,address=fd00::1/128",
	  "eth0,address=10.0.2.15/32,address=fd00::1/128" },
	{ "eight addresses are taken in their order",
	  "e,address=10.0.0.8/8,address=10.0.0.2/8,address=10.0.0.3/8,address=10.0.0.4/8,"
	  "address=10.0.0.5/8,address=10.0.0.6/8,address=10.0.0.7/8,address=10.0.0.1/8",
	  "e,address=10.0.0.8/8,address=10.0.0.2/8,address=10.0.0.3/8,address=10.0.0.4/8,"
	  "address=10.0.0.5/8,address=10.0.0.6/8,address=10.0.0.7/8,address=10.0.0.1/8" },
	{ "a gateway may come before its address", "eth0,gateway=10.0.2.2,address=10.0.2.15/24",
	  "eth0,address=10.0.2.15/24,gateway=10.0.2.2" },
	{ "a gateway of each family is taken",
	  "eth0,address=10.0.2.15/24,address=fd00::5/64,gateway=10.0.2.2,gateway=fe80::1",
	  "eth0,address=10.0.2.15/24,address=fd00::5/64,gateway=10.0.2.2,gateway=fe80::1" },
	{ "a gateway outside of the network is taken",
	  "eth0,address=10.0.2.15/32,gateway=192.168.1.1",
	  "eth0,address=10.0.2.15/32,gateway=192.168.1.1" },
	{ "the smallest MTU is taken", "eth0,mtu=68", "eth0,mtu=68" },
	{ "the largest MTU is taken", "eth0,mtu=65535", "eth0,mtu=65535" },
	{ "the smallest MTU for IPv6 is taken", "eth0,mtu=1280,address=fd00::1/64",
	  "eth0,address=fd00::1/64,mtu=1280" },
	{ "name servers are taken without an address", "lo,dns=10.0.2.3,dns=::1,dns=127.0.0.53",
	  "lo,dns=10.0.2.3,dns=::1,dns=127.0.0.53" },
};

struct covering {
	const char *sentence;
	const char *value; /* one address, one gateway */
	bool covers;
};

static const struct covering coverings[] = {
	{ "an address covers its neighbour", "e,address=10.0.2.15/24,gateway=10.0.2.2", true },
	{ "an address doesn't cover the next network", "e,address=10.0.2.15/24,gateway=10.0.3.2",
	  false },
	{ "a prefix inside of a byte covers below", "e,address=10.0.2.15/29,gateway=10.0.2.8",
	  true },
	{ "a prefix inside of a byte doesn't cover above",
	  "e,address=10.0.2.15/29,gateway=10.0.2.16", false },
	{ "a prefix of 0 covers everything", "e,address=10.0.2.15/0,gateway=192.168.1.1", true },
	{ "a prefix of 32 covers nobody else", "e,address=10.0.2.15/32,gateway=10.0.2.14", false },
	{ "an IPv6 address covers its neighbour", "e,address=fd00::5/64,gateway=fd00::ff:1", true },
	{ "an IPv6 prefix inside of a byte doesn't cover above",
	  "e,address=fd00::5/63,gateway=fd00:0:0:2::1", false },
	{ "a prefix of 128 covers nobody else", "e,address=fd00::5/128,gateway=fd00::4", false },
	{ "an address doesn't cover the other family",
	  "e,address=::a00:20f/1,address=10.0.2.15/1,gateway=10.0.2.2", false },
};

static void tell(bool ok, const char *sentence, const char *got)
{
	tap_ok(ok, "%s", sentence);
	if (!ok)
		printf("# got: %s\n", got);
}

static void try_refusal(const struct refusal *test)
{
	const char *word = "", *expected;
	struct net_spec spec;
	char got[512];
	size_t len = 0;

	expected = net_parse(&spec, test->value, &word, &len);
	(void)snprintf(got, sizeof(got), "'%.*s' %s", (int)len, word,
		       expected ? expected : "taken");
	tell(expected && strstr(expected, test->expected) && len == strlen(test->word) &&
		     !strncmp(word, test->word, len) && word >= test->value &&
		     word + len <= test->value + strlen(test->value),
	     test->sentence, got);
}

static void append_ip(char *text, size_t size, const char *key, const struct net_ip *ip)
{
	char name[INET6_ADDRSTRLEN];
	size_t len = strlen(text);

	(void)snprintf(text + len, size - len, ",%s=%s", key,
		       inet_ntop(ip->family, ip->bytes, name, sizeof(name)));
}

static void append_number(char *text, size_t size, const char *before, unsigned number)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, size - len, "%s%u", before, number);
}

static void write_back(const struct net_spec *spec, char *text, size_t size)
{
	(void)snprintf(text, size, "%s", spec->ifname);
	for (unsigned i = 0; i < spec->naddresses; i++) {
		append_ip(text, size, "address", &spec->address[i].ip);
		append_number(text, size, "/", spec->address[i].prefix);
	}
	for (unsigned i = 0; i < spec->ngateways; i++)
		append_ip(text, size, "gateway", &spec->gateway[i]);
	if (spec->mtu)
		append_number(text, size, ",mtu=", spec->mtu);
	for (unsigned i = 0; i < spec->ndns; i++)
		append_ip(text, size, "dns", &spec->dns[i]);
}

static void try_reading(const struct reading *test)
{
	const char *word, *expected;
	struct net_spec spec;
	char got[512];
	size_t len;

	memset(&spec, 0xff, sizeof(spec)); /* no initial value is promised to be enough */
	expected = net_parse(&spec, test->value, &word, &len);
	if (expected)
		(void)snprintf(got, sizeof(got), "%s", expected);
	else
		write_back(&spec, got, sizeof(got));
	tell(!strcmp(got, test->read), test->sentence, got);
}

static void try_covering(const struct covering *test)
{
	const char *word, *expected;
	struct net_spec spec;
	size_t len;

	expected = net_parse(&spec, test->value, &word, &len);
	tell(!expected && net_addr_covers(&spec.address[0], &spec.gateway[0]) == test->covers,
	     test->sentence,
	     expected       ? expected
	     : test->covers ? "no"
			    : "yes");
}

int main(void)
{
	size_t nrefusals = sizeof(refusals) / sizeof(refusals[0]);
	size_t nreadings = sizeof(readings) / sizeof(readings[0]);
	size_t ncoverings = sizeof(coverings) / sizeof(coverings[0]);

	for (size_t i = 0; i < nrefusals; i++)
		try_refusal(&refusals[i]);
	for (size_t i = 0; i < nreadings; i++)
		try_reading(&readings[i]);
	for (size_t i = 0; i < ncoverings; i++)
		try_covering(&coverings[i]);
	return tap_done();
}
