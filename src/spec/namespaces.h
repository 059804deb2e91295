/* namespaces.h - kinds of namespaces and id maps as text. Pure. */
#ifndef SPEC_NAMESPACES_H
#define SPEC_NAMESPACES_H

#include "sandbox.h"

/* What bwrap's --unshare-all means; mount namespaces are always new. */
#define NS_ALL                                                                       \
	(1U << NS_USER | 1U << NS_PID | 1U << NS_NET | 1U << NS_IPC | 1U << NS_UTS | \
	 1U << NS_CGROUP)

/* As in /proc/PID/ns. */
const char *ns_name(enum ns_kind kind);

/* CLONE_NEW... */
uint64_t ns_flag(enum ns_kind kind);

/* -1: none of that name. */
int ns_kind(const char *name, size_t len);

/* INSIDE:OUTSIDE:COUNT. NULL, or what was expected. */
const char *idmap_parse(struct idmap *map, const char *value);

#endif
