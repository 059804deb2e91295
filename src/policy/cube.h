/* cube.h - sets of arguments in the only form that OCI profiles have for both a condition and its
 * contrary: some bits of each argument have these values. Two policies are compared in it, too.
 * Pure. */
#ifndef POLICY_CUBE_H
#define POLICY_CUBE_H

#include "policy.h"

struct cube {
	uint64_t mask[POLICY_ARGS], value[POLICY_ARGS];
};

struct cubes {
	struct cube *cube;
	size_t n;
};

/* More than this and the rules can't be said reasonably. */
enum { CUBES_MAX = 2048 };

void cubes_finish(struct cubes *cubes);

/* Whether there is something that both have. */
bool cubes_touch(const struct cubes *a, const struct cubes *b);

/* Those that the n-th of a call's rules, the strongest first, answers: its own, or all if n is how
 * many there are, without what stronger rules with another action than this one have; where the
 * answer is the same rules may overlap. Returns 0 or -E2BIG. */
int cubes_answered(struct cubes *cubes, const struct policy_rule *const *rule, size_t nrules,
		   size_t n, const struct policy_action *action);

#endif
