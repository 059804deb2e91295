/* How the options are read that make a sandbox's network. May only write into the spec. */
#include "setters.h"

const char *set_netmode(struct spec *spec, const char *value)
{
	struct spec_ns *ns = &spec->run.ns;
	const char *wrong = netmode_parse(&spec->run.net, value, &spec->bad.word, &spec->bad.len);

	if (!wrong)
		ns->unshare = netmode_unshares(&spec->run.net) ? ns->unshare | 1U << NS_NET
							       : ns->unshare & ~(1U << NS_NET);
	return wrong;
}

const char *set_address(struct spec *spec, const char *value)
{
	return netmode_set(&spec->run.net, "address", value);
}

const char *set_route(struct spec *spec, const char *value)
{
	return netmode_set(&spec->run.net, "route", value);
}

const char *set_dns(struct spec *spec, const char *value)
{
	return netmode_set(&spec->run.net, "dns", value);
}

const char *set_mtu(struct spec *spec, const char *value)
{
	return netmode_set(&spec->run.net, "mtu", value);
}
