/* Read one --net value. May not allocate, print or make a system call. */
#include "net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { MTU_MIN = 68, MTU_MIN_IPV6 = 1280, MTU_MAX = 65535 }; /* RFC 791, RFC 8200 */

/* A piece of the value, and what can be checked only when all of it has been read. */
struct reader {
	struct net_spec *spec;
	const char *word;
	size_t len;
	const char *gateway_word[NET_MAX_GATEWAYS];
	const char *mtu_word;
};

size_t net_ip_size(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

bool net_addr_covers(const struct net_addr *address, const struct net_ip *ip)
{
	unsigned bytes = address->prefix / 8;
	unsigned bits = address->prefix % 8;

	if (ip->family != address->ip.family || memcmp(ip->bytes, address->ip.bytes, bytes) != 0)
		return false;
	return !bits || !((ip->bytes[bytes] ^ address->ip.bytes[bytes]) >> (8 - bits));
}

/* A decimal number of at most 5 digits, nothing around it. */
static bool read_number(const char *text, size_t len, unsigned *number)
{
	*number = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(text[i] - '0');
	}
	return len > 0 && len <= 5;
}

/* The kernel takes 0.0.0.0 as an address, says yes and adds nothing; and it takes multicast
 * addresses as a host's own, with which nothing can work. */
static bool is_unicast(const struct net_ip *ip)
{
	static const unsigned char none[16], all[4] = { 255, 255, 255, 255 };

	if (!memcmp(ip->bytes, none, net_ip_size(ip->family)))
		return false;
	if (ip->family == AF_INET6)
		return ip->bytes[0] != 0xff;
	return (ip->bytes[0] & 0xf0) != 0xe0 && memcmp(ip->bytes, all, sizeof(all)) != 0;
}

static bool read_any_ip(const char *text, size_t len, struct net_ip *ip)
{
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(ip, 0, sizeof(*ip));
	ip->family = memchr(text, ':', len) ? AF_INET6 : AF_INET;
	return inet_pton(ip->family, copy, ip->bytes) == 1;
}

bool net_read_ip(const char *text, size_t len, struct net_ip *ip)
{
	return read_any_ip(text, len, ip) && is_unicast(ip);
}

static bool read_prefixed(const char *text, size_t len, struct net_addr *address)
{
	const char *slash = memchr(text, '/', len);

	return slash && read_any_ip(text, (size_t)(slash - text), &address->ip) &&
	       read_number(slash + 1, (size_t)(text + len - slash - 1), &address->prefix) &&
	       address->prefix <= 8 * net_ip_size(address->ip.family);
}

bool net_read_address(const char *text, size_t len, struct net_addr *address)
{
	return read_prefixed(text, len, address) && is_unicast(&address->ip);
}

/* The kernel refuses bits beyond the prefix as an "invalid argument". */
bool net_read_network(const char *text, size_t len, struct net_addr *network)
{
	unsigned bits;

	if (!read_prefixed(text, len, network))
		return false;
	bits = network->prefix % 8;
	for (size_t i = network->prefix / 8; i < net_ip_size(network->ip.family); i++) {
		if (network->ip.bytes[i] & 0xff >> bits)
			return false;
		bits = 0;
	}
	return true;
}

bool net_read_mtu(const char *text, size_t len, unsigned *mtu)
{
	return read_number(text, len, mtu) && *mtu >= MTU_MIN && *mtu <= MTU_MAX;
}

/* What the kernel takes as a name (dev_valid_name), and "," parts words here. */
const char *net_read_ifname(const char *text, size_t len, char name[NET_IFNAME_SIZE])
{
	if (len == 0 || len >= NET_IFNAME_SIZE)
		return "expected the name of a network interface, 1 to 15 characters long";
	memcpy(name, text, len);
	name[len] = '\0';
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '/' || *c == ':')
			return "expected the name of a network interface, without / : and spaces";
	}
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "expected the name of a network interface, not a directory";
	return NULL;
}

static const char *set_address(struct reader *r, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	struct net_addr *address = &r->spec->address[r->spec->naddresses];

	if (r->spec->naddresses == NET_MAX_ADDRESSES)
		return "expected at most 8 addresses";
	if (!slash || !net_read_ip(text, (size_t)(slash - text), &address->ip) ||
	    !read_number(slash + 1, (size_t)(text + len - slash - 1), &address->prefix))
		return "expected address=A.B.C.D/N or address=IPV6/N, a host's own address";
	if (address->prefix > 8 * net_ip_size(address->ip.family))
		return "expected a prefix of at most 32 bits for IPv4, 128 for IPv6";
	r->spec->naddresses++;
	return NULL;
}

static const char *set_gateway(struct reader *r, const char *text, size_t len)
{
	struct net_ip ip;

	if (!net_read_ip(text, len, &ip))
		return "expected gateway=IP, the address of a router";
	for (unsigned i = 0; i < r->spec->ngateways; i++) {
		if (r->spec->gateway[i].family == ip.family)
			return "expected at most one gateway for IPv4 and one for IPv6";
	}
	r->gateway_word[r->spec->ngateways] = r->word;
	r->spec->gateway[r->spec->ngateways++] = ip;
	return NULL;
}

static const char *set_mtu(struct reader *r, const char *text, size_t len)
{
	if (r->mtu_word)
		return "expected mtu only once";
	r->mtu_word = r->word;
	if (!net_read_mtu(text, len, &r->spec->mtu))
		return "expected mtu=N, with 68 <= N <= 65535";
	return NULL;
}

static const char *set_dns(struct reader *r, const char *text, size_t len)
{
	if (r->spec->ndns == NET_MAX_DNS)
		return "expected at most 3 name servers";
	if (!net_read_ip(text, len, &r->spec->dns[r->spec->ndns]))
		return "expected dns=IP, the address of a name server";
	r->spec->ndns++;
	return NULL;
}

static const char *set_word(struct reader *r)
{
	static const struct {
		const char *key;
		const char *(*set)(struct reader *r, const char *text, size_t len);
	} keys[] = {
		{ "address=", set_address },
		{ "gateway=", set_gateway },
		{ "mtu=", set_mtu },
		{ "dns=", set_dns },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t len = strlen(keys[i].key);

		if (r->len >= len && !memcmp(r->word, keys[i].key, len))
			return keys[i].set(r, r->word + len, r->len - len);
	}
	return "expected address=CIDR, gateway=IP, mtu=N or dns=IP";
}

static void blame(struct reader *r, const char *word)
{
	r->word = word;
	r->len = strcspn(word, ",");
}

static bool is_own(const struct net_spec *spec, const struct net_ip *ip)
{
	for (unsigned i = 0; i < spec->naddresses; i++) {
		if (!memcmp(&spec->address[i].ip, ip, sizeof(*ip)))
			return true;
	}
	return false;
}

bool net_has_family(const struct net_spec *spec, int family)
{
	for (unsigned i = 0; i < spec->naddresses; i++) {
		if (spec->address[i].ip.family == family)
			return true;
	}
	return false;
}

/* Words may come in any order, so these wait for the last one. */
static const char *check(struct reader *r)
{
	for (unsigned i = 0; i < r->spec->ngateways; i++) {
		blame(r, r->gateway_word[i]);
		if (!net_has_family(r->spec, r->spec->gateway[i].family))
			return "expected an address of the gateway's family, too";
		/* The kernel refuses that for IPv6 alone; for IPv4 it makes a route to nowhere. */
		if (is_own(r->spec, &r->spec->gateway[i]))
			return "expected the address of a router, not the interface's own";
	}
	/* Below that the kernel takes IPv6 off the interface and then says "Invalid argument". */
	if (r->mtu_word && r->spec->mtu < MTU_MIN_IPV6 && net_has_family(r->spec, AF_INET6)) {
		blame(r, r->mtu_word);
		return "expected at least mtu=1280, for the sake of the IPv6 address";
	}
	return NULL;
}

const char *net_parse(struct net_spec *spec, const char *value, const char **word, size_t *len)
{
	struct reader r = { .spec = spec };
	const char *expected;

	memset(spec, 0, sizeof(*spec));
	blame(&r, value);
	expected = net_read_ifname(r.word, r.len, spec->ifname);
	while (!expected && r.word[r.len]) {
		blame(&r, r.word + r.len + 1);
		expected = set_word(&r);
	}
	if (!expected)
		expected = check(&r);
	*word = r.word;
	*len = r.len;
	return expected;
}
