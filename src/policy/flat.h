/* flat.h - what a policy says about one call, whatever its rules looked like. Pure. */
#ifndef POLICY_FLAT_H
#define POLICY_FLAT_H

#include "policy.h"

/* The rules that can decide, the one that is asked first in front; then the last word. */
struct flat {
	int nr;
	const struct policy_rule **rule; /* each with tests */
	size_t n;
	struct policy_action action;       /* if none of them matches */
	const struct policy_rule *decides; /* whose action that is; NULL: default or unknown */
};

/* Rules that can't decide, or would decide as what comes after them, are left out. */
void flat_make(const struct policy *policy, int nr, struct flat *flat);
void flat_finish(struct flat *flat);

/* Where the run of rules with one action ends that begins at `from`. */
size_t flat_run(const struct flat *flat, size_t from);

/* Whether both treat their calls alike and say it alike. */
bool flat_same(const struct flat *a, const struct flat *b);

/* The same, however it is written: whether there are no arguments that get two answers. False also
 * where the conditions are too many to tell (thousands of separate sets). */
bool flat_equal(const struct flat *a, const struct flat *b);

/* Whether it is what a policy without any rule says. */
bool flat_is_default(const struct policy *policy, const struct flat *flat);

/* Whether `later` matches all that `earlier` matches, as far as that is seen without arithmetic:
 * the same tests or fewer. */
bool flat_covers(const struct policy_rule *later, const struct policy_rule *earlier);

#endif
