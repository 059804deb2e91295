/* What a policy says about one call. The reference for everything that is compiled from it. */
#include "policy.h"

#include "names.h"

bool policy_same_action(const struct policy_action *a, const struct policy_action *b)
{
	return a->act == b->act && (a->act != POLICY_ERRNO || a->error == b->error);
}

static bool holds(const struct policy_test *test, const uint64_t args[POLICY_ARGS])
{
	uint64_t all = test->low ? UINT32_MAX : UINT64_MAX;
	uint64_t value = args[test->arg] & all, against = test->value & all;

	switch (test->op) {
	case POLICY_EQ:
		return value == against;
	case POLICY_NE:
		return value != against;
	case POLICY_LT:
		return value < against;
	case POLICY_LE:
		return value <= against;
	case POLICY_GT:
		return value > against;
	case POLICY_GE:
		return value >= against;
	case POLICY_MASKED_EQ:
		return (value & test->mask) == against;
	case POLICY_MASKED_NE:
		return (value & test->mask) != against;
	}
	return false;
}

static bool matches(const struct policy_rule *rule, const uint64_t args[POLICY_ARGS])
{
	for (unsigned i = 0; i < rule->ntests; i++) {
		if (!holds(&rule->test[i], args))
			return false;
	}
	return true;
}

bool policy_knows(const struct policy *policy, int nr)
{
	if (nr < POLICY_NEWER)
		return policy_call_name(nr);
	for (size_t i = 0; i < policy->nrules; i++) {
		if (policy->rule[i].nr == nr)
			return true;
	}
	return false;
}

struct policy_action policy_eval(const struct policy *policy, int nr,
				 const uint64_t args[POLICY_ARGS],
				 const struct policy_rule **decided)
{
	for (size_t i = policy->nrules; i-- > 0;) {
		const struct policy_rule *rule = &policy->rule[i];

		if (rule->nr == nr && matches(rule, args)) {
			if (decided)
				*decided = rule;
			return rule->action;
		}
	}
	if (decided)
		*decided = NULL;
	return policy_knows(policy, nr) ? policy->otherwise : policy->unknown;
}
