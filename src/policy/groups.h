/* groups.h - sets of system calls by name, from policies/groups. */
#ifndef POLICY_GROUPS_H
#define POLICY_GROUPS_H

#include <stddef.h>

struct policy_group {
	const char *name;  /* with its @ */
	const char *about; /* a line for people */
	const int *
		nr; /* each once, groups within resolved, sorted; foreign calls' (negative) first */
	size_t ncalls;
};

/* All, in the file's order; small ones that others contain aren't before or after those. */
const struct policy_group *policy_groups(size_t *n);

/* NULL: there is none of that name (with its @). */
const struct policy_group *policy_group(const char *name);

#endif
