/* What a policy says about one call: its list of rules, without those that can't decide. */
#include "flat.h"

#include "cube.h"
#include "memory.h"
#include "names.h"

#include <errno.h>
#include <stdlib.h>

/* What doesn't count may differ: the high half of a narrow argument's value, a mask that isn't
 * used. */
static bool same_test(const struct policy_test *a, const struct policy_test *b)
{
	uint64_t all = a->low ? UINT32_MAX : UINT64_MAX;
	bool masked = a->op == POLICY_MASKED_EQ || a->op == POLICY_MASKED_NE;

	return a->arg == b->arg && a->op == b->op && a->low == b->low &&
	       !((a->value ^ b->value) & all) && (!masked || !((a->mask ^ b->mask) & all));
}

static bool has_test(const struct policy_rule *rule, const struct policy_test *test)
{
	for (unsigned i = 0; i < rule->ntests; i++) {
		if (same_test(&rule->test[i], test))
			return true;
	}
	return false;
}

bool flat_covers(const struct policy_rule *later, const struct policy_rule *earlier)
{
	for (unsigned i = 0; i < later->ntests; i++) {
		if (!has_test(earlier, &later->test[i]))
			return false;
	}
	return true;
}

static bool can_decide(const struct flat *flat, const struct policy_rule *rule)
{
	for (size_t i = 0; i < flat->n; i++) {
		if (flat_covers(flat->rule[i], rule))
			return false;
	}
	return true;
}

void flat_make(const struct policy *policy, int nr, struct flat *flat)
{
	*flat = (struct flat){
		.nr = nr,
		.action = policy_knows(policy, nr) ? policy->otherwise : policy->unknown,
	};
	for (size_t i = policy->nrules; i-- > 0 && !flat->decides;) {
		const struct policy_rule *rule = &policy->rule[i];

		if (rule->nr != nr || !can_decide(flat, rule))
			continue;
		if (!rule->ntests) {
			flat->decides = rule;
			flat->action = rule->action;
			break;
		}
		flat->rule = memory_grow(flat->rule, flat->n + 1, sizeof(flat->rule[0]));
		flat->rule[flat->n++] = rule;
	}
	while (flat->n && policy_same_action(&flat->rule[flat->n - 1]->action, &flat->action))
		flat->n--;
}

void flat_finish(struct flat *flat)
{
	free(flat->rule);
	*flat = (struct flat){ 0 };
}

static bool same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	return a->ntests == b->ntests && policy_same_action(&a->action, &b->action) &&
	       flat_covers(a, b);
}

size_t flat_run(const struct flat *flat, size_t from)
{
	size_t to = from + 1;

	while (to < flat->n &&
	       policy_same_action(&flat->rule[from]->action, &flat->rule[to]->action))
		to++;
	return to;
}

/* Within a run the order says nothing. */
static bool same_run(const struct flat *a, const struct flat *b, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t j = from;

		while (j < to && !same_rule(a->rule[i], b->rule[j]))
			j++;
		if (j == to)
			return false;
	}
	return true;
}

bool flat_same(const struct flat *a, const struct flat *b)
{
	if (a->n != b->n || !policy_same_action(&a->action, &b->action))
		return false;
	for (size_t from = 0; from < a->n; from = flat_run(a, from)) {
		size_t to = flat_run(a, from);

		if (flat_run(b, from) != to || !same_run(a, b, from, to))
			return false;
	}
	return true;
}

/* Each is held against each of the other's. */
enum { ANSWERS_MAX = 4 * CUBES_MAX };

/* The arguments of each answer; the last is of what no rule matches. */
struct answers {
	struct cubes *cubes;
	const struct policy_action **action;
	size_t n;
};

static int find_answers(struct answers *answers, const struct flat *flat)
{
	size_t total = 0;
	int err = 0;

	answers->cubes = memory_grow(NULL, flat->n + 1, sizeof(answers->cubes[0]));
	answers->action = memory_grow(NULL, flat->n + 1, sizeof(answers->action[0]));
	for (size_t i = 0; i <= flat->n && !err; i++) {
		struct cubes *cubes = &answers->cubes[answers->n];

		*cubes = (struct cubes){ 0 };
		answers->action[answers->n++] =
			i < flat->n ? &flat->rule[i]->action : &flat->action;
		err = cubes_answered(cubes, flat->rule, flat->n, i, answers->action[i]);
		total += cubes->n;
		if (total > ANSWERS_MAX)
			err = -E2BIG;
	}
	return err;
}

static void finish_answers(struct answers *answers)
{
	for (size_t i = 0; i < answers->n; i++)
		cubes_finish(&answers->cubes[i]);
	free(answers->cubes);
	free(answers->action);
}

static bool agree(const struct answers *a, const struct answers *b)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n; j++) {
			if (!policy_same_action(a->action[i], b->action[j]) &&
			    cubes_touch(&a->cubes[i], &b->cubes[j]))
				return false;
		}
	}
	return true;
}

bool flat_equal(const struct flat *a, const struct flat *b)
{
	struct answers of_a = { 0 }, of_b = { 0 };
	bool equal = flat_same(a, b);

	if (!equal && !find_answers(&of_a, a) && !find_answers(&of_b, b))
		equal = agree(&of_a, &of_b);
	finish_answers(&of_a);
	finish_answers(&of_b);
	return equal;
}

bool flat_is_default(const struct policy *policy, const struct flat *flat)
{
	const struct policy_action *action =
		flat->nr < POLICY_NEWER ? &policy->otherwise : &policy->unknown;

	return !flat->n && policy_same_action(&flat->action, action);
}
