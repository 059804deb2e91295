/* random_policy.h - policies nobody would write, and arguments near what they compare with. */
#ifndef TESTS_UNIT_RANDOM_POLICY_H
#define TESTS_UNIT_RANDOM_POLICY_H

#include "memory.h"
#include "names.h"
#include "policy.h"
#include "width.h"

#include <errno.h>
#include <seccomp.h>

static uint64_t random_state = 0x9e3779b97f4a7c15;

/* xorshift64: the same policies each time */
static inline uint64_t chance(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	return random_state ^= random_state << 17;
}

static inline unsigned below(unsigned n)
{
	return (unsigned)(chance() >> 16) % n;
}

static inline uint64_t near(uint64_t value)
{
	switch (below(9)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value | UINT64_C(1) << (32 + below(32));
	case 3:
		return value ^ UINT64_C(1) << below(64);
	case 4:
		return (uint32_t)value;
	case 5:
		return chance();
	case 6:
		return value | (chance() & chance());
	default:
		return value;
	}
}

/* Arguments that rules about this call may tell apart. */
static inline void pick_args(uint64_t args[POLICY_ARGS], const struct policy *policy, int nr)
{
	for (unsigned i = 0; i < POLICY_ARGS; i++)
		args[i] = below(4) ? chance() & 7 : chance();
	for (size_t i = 0; i < policy->nrules; i++) {
		const struct policy_rule *rule = &policy->rule[i];

		for (unsigned t = 0; rule->nr == nr && t < rule->ntests; t++) {
			const struct policy_test *test = &rule->test[t];

			if (below(3))
				args[test->arg] = near(test->value | (~test->mask & chance() &
								      -(uint64_t)below(2)));
		}
	}
}

static inline struct policy_action random_action(void)
{
	static const int errors[] = { EPERM, ENOSYS, 0, 14, 133, 4094 };
	enum policy_act act = (enum policy_act)below(POLICY_KILL + 1);

	if (below(3) == 0)
		act = POLICY_ALLOW;
	return (struct policy_action){ act, act == POLICY_ERRNO ? errors[below(6)] : 0 };
}

static inline uint64_t random_constant(void)
{
	static const uint64_t some[] = { 0,          1,          0x5412,
					 UINT32_MAX, UINT64_MAX, UINT64_C(1) << 32,
					 0x80000000, 0x7e020000, UINT64_C(0xffffffff00000000) };

	return below(3) ? some[below(9)] : chance();
}

static inline void random_rule(struct policy *policy)
{
	struct policy_test tests[POLICY_TESTS];
	struct policy_rule rule = { .action = random_action(), .test = tests };

	/* Few calls, so that they have many rules. */
	rule.nr = below(4) ? (int)below(12) * 29 : (int)below(480);
	if (!policy_call_name(rule.nr) && rule.nr < POLICY_NEWER)
		return;
	rule.ntests = below(60) ? below(4) : below(POLICY_TESTS + 1);
	for (unsigned i = 0; i < rule.ntests; i++) {
		struct policy_test *test = &rule.test[i];

		test->arg = below(POLICY_ARGS);
		test->op = (enum policy_op)below(POLICY_MASKED_NE + 1);
		test->low = below(2);
		test->mask = below(2) ? random_constant() : UINT64_MAX;
		test->value = random_constant();
		if (below(2))
			test->value &= test->mask;
	}
	policy_add_rule(policy, &rule);
}

/* As a parser makes them: a text or a profile can say it. */
static inline void make_sayable(struct policy *policy)
{
	for (size_t i = 0; i < policy->nrules; i++) {
		struct policy_rule *rule = &policy->rule[i];

		for (unsigned t = 0; t < rule->ntests; t++) {
			struct policy_test *test = &rule->test[t];

			if (policy_width_low(rule->nr, test->arg)) {
				test->value &= UINT32_MAX;
				test->mask &= UINT32_MAX;
			}
			if (!test->mask)
				test->mask = 1;
			if (test->op == POLICY_MASKED_EQ || test->op == POLICY_MASKED_NE)
				test->value &= test->mask;
			(void)policy_width_fit(rule->nr, test);
		}
	}
}

static inline void random_policy(struct policy *policy, unsigned n)
{
	static const unsigned sizes[] = { 0, 1, 5, 40, 300 };
	char name[32];

	(void)snprintf(name, sizeof(name), "random %u", n);
	policy_init(policy, name);
	policy->otherwise = random_action();
	policy->unknown = random_action();
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_X86;
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_X32;
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_AARCH64;
	for (unsigned i = sizes[below(5)]; i > 0; i--)
		random_rule(policy);
}

#endif
