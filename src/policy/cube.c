/* May do nothing but compute. */
#include "cube.h"

#include "memory.h"

#include <errno.h>
#include <stdlib.h>

static int add(struct cubes *cubes, const struct cube *cube)
{
	if (cubes->n == CUBES_MAX)
		return -E2BIG;
	if (!(cubes->n & (cubes->n - 1)))
		cubes->cube = memory_grow(cubes->cube, cubes->n ? 2 * cubes->n : 1, sizeof(*cube));
	cubes->cube[cubes->n++] = *cube;
	return 0;
}

/* All arguments. */
static void fill(struct cubes *cubes)
{
	*cubes = (struct cubes){ 0 };
	(void)add(cubes, &(struct cube){ 0 });
}

void cubes_finish(struct cubes *cubes)
{
	free(cubes->cube);
	*cubes = (struct cubes){ 0 };
}

static bool meet(struct cube *both, const struct cube *a, const struct cube *b)
{
	for (unsigned i = 0; i < POLICY_ARGS; i++) {
		if ((a->value[i] ^ b->value[i]) & a->mask[i] & b->mask[i])
			return false;
		both->mask[i] = a->mask[i] | b->mask[i];
		both->value[i] = a->value[i] | b->value[i];
	}
	return true;
}

bool cubes_touch(const struct cubes *a, const struct cubes *b)
{
	struct cube both;

	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n; j++) {
			if (meet(&both, &a->cube[i], &b->cube[j]))
				return true;
		}
	}
	return false;
}

/* What both have, into cubes that cubes_finish() frees. */
static int meet_all(struct cubes *both, const struct cubes *a, const struct cubes *b)
{
	struct cube cube;
	int err = 0;

	*both = (struct cubes){ 0 };
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n && !err; j++) {
			if (meet(&cube, &a->cube[i], &b->cube[j]))
				err = add(both, &cube);
		}
	}
	return err;
}

/* What is left of a: for each bit that b alone fixes, those that agree in the bits before and
 * differ in this one. */
static int split(struct cubes *rest, struct cube a, const struct cube *b)
{
	int err = 0;

	for (unsigned i = 0; i < POLICY_ARGS; i++) {
		for (uint64_t bit = UINT64_C(1) << 63; bit; bit >>= 1) {
			if (!(b->mask[i] & ~a.mask[i] & bit))
				continue;
			a.mask[i] |= bit;
			a.value[i] |= ~b->value[i] & bit;
			err = err ? err : add(rest, &a);
			a.value[i] ^= bit;
		}
	}
	return err;
}

/* a's without b's, which are disjoint, into a. */
static int subtract(struct cubes *a, const struct cubes *b)
{
	int err = 0;

	for (size_t j = 0; j < b->n && !err; j++) {
		struct cubes rest = { 0 };
		struct cube both;

		for (size_t i = 0; i < a->n && !err; i++) {
			if (meet(&both, &a->cube[i], &b->cube[j]))
				err = split(&rest, a->cube[i], &b->cube[j]);
			else
				err = add(&rest, &a->cube[i]);
		}
		cubes_finish(a);
		*a = rest;
	}
	return err;
}

/* Those below a limit: for each of its bits that is 1, those that agree above it and have 0. */
static int add_below(struct cubes *cubes, unsigned arg, uint64_t all, uint64_t limit)
{
	int err = 0;

	for (uint64_t bit = all ^ all >> 1; bit && !err; bit >>= 1) {
		struct cube cube = { 0 };

		if (!(limit & bit))
			continue;
		cube.mask[arg] = all & ~(bit - 1);
		cube.value[arg] = limit & cube.mask[arg] & ~bit;
		err = add(cubes, &cube);
	}
	return err;
}

static int add_equal(struct cubes *cubes, unsigned arg, uint64_t mask, uint64_t value)
{
	struct cube cube = { 0 };

	if (value & ~mask)
		return 0;
	cube.mask[arg] = mask;
	cube.value[arg] = value;
	return add(cubes, &cube);
}

static bool is_contrary(enum policy_op op)
{
	return op == POLICY_NE || op == POLICY_MASKED_NE || op == POLICY_GT || op == POLICY_GE;
}

/* The test, or what it is the contrary of. */
static int add_positive(struct cubes *cubes, const struct policy_test *test)
{
	uint64_t all = test->low ? UINT32_MAX : UINT64_MAX;
	uint64_t value = test->value & all;
	int err = 0;

	switch (test->op) {
	case POLICY_EQ:
	case POLICY_NE:
		return add_equal(cubes, test->arg, all, value);
	case POLICY_MASKED_EQ:
	case POLICY_MASKED_NE:
		return add_equal(cubes, test->arg, test->mask & all, value);
	case POLICY_LE:
	case POLICY_GT:
		err = add_equal(cubes, test->arg, all, value);
		break;
	case POLICY_LT:
	case POLICY_GE:
		break;
	}
	return err ? err : add_below(cubes, test->arg, all, value);
}

static int of_test(struct cubes *cubes, const struct policy_test *test)
{
	struct cubes positive = { 0 };
	int err = add_positive(&positive, test);

	if (err || !is_contrary(test->op)) {
		*cubes = positive;
		return err;
	}
	fill(cubes);
	err = subtract(cubes, &positive);
	cubes_finish(&positive);
	return err;
}

/* Those for which all tests of a rule hold, disjoint. */
static int of_rule(struct cubes *cubes, const struct policy_rule *rule)
{
	int err = 0;

	fill(cubes);
	for (unsigned i = 0; i < rule->ntests && !err; i++) {
		struct cubes test = { 0 }, both = { 0 };

		err = of_test(&test, &rule->test[i]);
		if (!err)
			err = meet_all(&both, cubes, &test);
		cubes_finish(&test);
		cubes_finish(cubes);
		*cubes = both;
	}
	return err;
}

int cubes_answered(struct cubes *cubes, const struct policy_rule *const *rule, size_t nrules,
		   size_t n, const struct policy_action *action)
{
	int err = 0;

	if (n == nrules)
		fill(cubes);
	else
		err = of_rule(cubes, rule[n]);
	for (size_t i = 0; i < n && cubes->n && !err; i++) {
		struct cubes other = { 0 };

		if (policy_same_action(&rule[i]->action, action))
			continue;
		err = of_rule(&other, rule[i]);
		if (!err)
			err = subtract(cubes, &other);
		cubes_finish(&other);
	}
	return err;
}
