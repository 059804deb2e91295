/* shipped.h - the policies of policies/, compiled when cradle was built. Pure. */
#ifndef SPEC_SHIPPED_H
#define SPEC_SHIPPED_H

#include <linux/filter.h>
#include <stddef.h>

/* For an agent that keeps no capabilities. */
struct shipped_policy {
	const char *name;
	const struct sock_filter *insn;
	size_t len; /* instructions */
};

/* NULL: there is none of that name. */
const struct shipped_policy *shipped_policy(const char *name);

/* The n-th; NULL: no more. */
const struct shipped_policy *shipped_policy_at(size_t n);

#endif
