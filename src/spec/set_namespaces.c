/* How the options are read that make, share and join namespaces. May only write into the spec. */
#include "setters.h"

#include "namespaces.h"
#include "util.h"

#include <string.h>

static const char *set_bits(unsigned *field, unsigned bits, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	if (!wrong)
		*field = on ? *field | bits : *field & ~bits;
	return wrong;
}

static const char *unshare(struct spec *spec, enum ns_kind kind, const char *value)
{
	return set_bits(&spec->run.ns.unshare, 1U << kind, value);
}

static const char *share(struct spec *spec, enum ns_kind kind, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	return wrong ? wrong : unshare(spec, kind, on ? "0" : "1");
}

const char *set_unshare_user(struct spec *spec, const char *value)
{
	return unshare(spec, NS_USER, value);
}

const char *set_unshare_pid(struct spec *spec, const char *value)
{
	return unshare(spec, NS_PID, value);
}

const char *set_unshare_net(struct spec *spec, const char *value)
{
	return unshare(spec, NS_NET, value);
}

const char *set_unshare_ipc(struct spec *spec, const char *value)
{
	return unshare(spec, NS_IPC, value);
}

const char *set_unshare_uts(struct spec *spec, const char *value)
{
	return unshare(spec, NS_UTS, value);
}

const char *set_unshare_cgroup(struct spec *spec, const char *value)
{
	return unshare(spec, NS_CGROUP, value);
}

const char *set_unshare_time(struct spec *spec, const char *value)
{
	return unshare(spec, NS_TIME, value);
}

const char *set_share_user(struct spec *spec, const char *value)
{
	return share(spec, NS_USER, value);
}

const char *set_share_pid(struct spec *spec, const char *value)
{
	return share(spec, NS_PID, value);
}

const char *set_share_net(struct spec *spec, const char *value)
{
	return share(spec, NS_NET, value);
}

const char *set_share_ipc(struct spec *spec, const char *value)
{
	return share(spec, NS_IPC, value);
}

const char *set_share_uts(struct spec *spec, const char *value)
{
	return share(spec, NS_UTS, value);
}

const char *set_share_cgroup(struct spec *spec, const char *value)
{
	return share(spec, NS_CGROUP, value);
}

const char *set_unshare_user_try(struct spec *spec, const char *value)
{
	return set_unshare_user(spec, value) ?: set_bits(&spec->run.ns.try_, 1U << NS_USER, value);
}

const char *set_unshare_cgroup_try(struct spec *spec, const char *value)
{
	return set_unshare_cgroup(spec, value)
		       ?: set_bits(&spec->run.ns.try_, 1U << NS_CGROUP, value);
}

const char *set_unshare_all(struct spec *spec, const char *value)
{
	spec->run.ns.try_ |= spec->run.bwrap ? 1U << NS_USER | 1U << NS_CGROUP : 0;
	return set_bits(&spec->run.ns.unshare, NS_ALL, value);
}

/* [-]TIME; who moves a clock needs clocks of his own. */
static const char *set_offset(struct spec_ns *ns, int64_t *field, const char *value)
{
	bool back = *value == '-';
	unsigned ms;

	if (!util_time(value + (back || *value == '+'), &ms))
		return "expected a time such as 500s, 2h or -1h";
	*field = (int64_t)ms * 1000000 * (back ? -1 : 1);
	ns->offsets = true;
	ns->unshare |= 1U << NS_TIME;
	return NULL;
}

const char *set_monotonic(struct spec *spec, const char *value)
{
	return set_offset(&spec->run.ns, &spec->run.ns.monotonic_ns, value);
}

const char *set_boottime(struct spec *spec, const char *value)
{
	return set_offset(&spec->run.ns, &spec->run.ns.boottime_ns, value);
}

const char *set_userns(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.ns.join_fd[NS_USER], value);
}

const char *set_userns2(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.ns.userns2, value);
}

const char *set_pidns(struct spec *spec, const char *value)
{
	return set_fd(&spec->run.ns.join_fd[NS_PID], value);
}

const char *set_disable_userns(struct spec *spec, const char *value)
{
	spec->run.ns.disable_userns_given = true;
	return set_bool(&spec->run.ns.disable_userns, value);
}

const char *set_assert_userns_disabled(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.ns.assert_userns_disabled, value);
}

const char *set_join(struct spec *spec, const char *value)
{
	const char *equals = strchr(value, '=');
	int kind = equals ? ns_kind(value, (size_t)(equals - value)) : -1;

	if (kind < 0 || !equals[1])
		return "expected NS=PID or NS=PATH with NS one of user, mnt, pid, net, ipc, uts, "
		       "cgroup, time";
	spec->run.ns.join[kind] = equals + 1;
	return NULL;
}
