/* Namespaces and ids as text. Pure. */
#include "namespaces.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[NS_KINDS] = {
	[NS_USER] = "user", [NS_MNT] = "mnt", [NS_PID] = "pid",       [NS_NET] = "net",
	[NS_IPC] = "ipc",   [NS_UTS] = "uts", [NS_CGROUP] = "cgroup", [NS_TIME] = "time",
};

/* CLONE_NEW* of <linux/sched.h>, which musl has in <sched.h> but for the newest. */
static const uint64_t flags[NS_KINDS] = {
	[NS_USER] = 0x10000000,   [NS_MNT] = 0x00020000,  [NS_PID] = 0x20000000,
	[NS_NET] = 0x40000000,    [NS_IPC] = 0x08000000,  [NS_UTS] = 0x04000000,
	[NS_CGROUP] = 0x02000000, [NS_TIME] = 0x00000080,
};

const char *ns_name(enum ns_kind kind)
{
	return names[kind];
}

uint64_t ns_flag(enum ns_kind kind)
{
	return flags[kind];
}

int ns_kind(const char *name, size_t len)
{
	for (int i = 0; i < NS_KINDS; i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return i;
	}
	return -1;
}

static bool take_number(const char **at, char end, unsigned *value)
{
	char *stop;
	unsigned long n = strtoul(*at, &stop, 10);

	if (**at < '0' || **at > '9' || *stop != end || n > UINT32_MAX - 1)
		return false;
	*value = (unsigned)n;
	*at = stop + (end != '\0');
	return true;
}

const char *idmap_parse(struct idmap *map, const char *value)
{
	if (!take_number(&value, ':', &map->inside) || !take_number(&value, ':', &map->outside) ||
	    !take_number(&value, '\0', &map->count) || !map->count)
		return "expected INSIDE:OUTSIDE:COUNT, three numbers";
	if (map->count > UINT32_MAX - map->inside || map->count > UINT32_MAX - map->outside)
		return "expected a COUNT that ends below 4294967295";
	return NULL;
}
