/* Conditions on arguments as BPF, which knows 32-bit words only. May do nothing but append code. */
#include "chain.h"

/* Where a jump goes is known when its rule is complete: FAIL is the next rule. No other jump within
 * a rule is as long. */
enum { FAIL = 255, NOTHING = -1 };

/* The longest test has six instructions; a return follows the last. */
_Static_assert(6 * POLICY_TESTS + 1 < FAIL, "a rule's code is no longer than its jumps");

enum half { LOW, HIGH };

struct emitter {
	struct code *code;
	int loaded;    /* offset of the word that A holds, or NOTHING */
	int at_fail;   /* the same where the next rule begins */
	bool can_fail; /* somebody jumps there */
};

static void load(struct emitter *to, unsigned arg, enum half half)
{
	int offset = (int)(half == LOW ? CODE_LOW_WORD(arg) : CODE_HIGH_WORD(arg));

	if (to->loaded != offset)
		code_load(to->code, (uint32_t)offset);
	to->loaded = offset;
}

static void jump(struct emitter *to, unsigned op, uint32_t k, unsigned jt, unsigned jf)
{
	code_put(to->code, BPF_JMP | BPF_K | op, k, jt, jf);
	if (jt != FAIL && jf != FAIL)
		return;
	if (to->can_fail && to->at_fail != to->loaded)
		to->at_fail = NOTHING;
	if (!to->can_fail)
		to->at_fail = to->loaded;
	to->can_fail = true;
}

static void mask_word(struct emitter *to, uint32_t mask)
{
	if (mask == UINT32_MAX)
		return;
	code_put(to->code, BPF_ALU | BPF_K | BPF_AND, mask, 0, 0);
	to->loaded = NOTHING;
}

/* Go on if the word, masked, is the value; else to where jf says. */
static void word_is(struct emitter *to, const struct policy_test *test, enum half half, unsigned jf)
{
	uint32_t mask = (uint32_t)(half == HIGH ? test->mask >> 32 : test->mask);
	uint32_t value = (uint32_t)(half == HIGH ? test->value >> 32 : test->value);

	if (!mask && !value)
		return;
	load(to, test->arg, half);
	if (!value) {
		jump(to, BPF_JSET, mask, jf, 0);
		return;
	}
	mask_word(to, mask);
	jump(to, BPF_JEQ, value, 0, jf);
}

/* Go on if the low word, masked, isn't the value. */
static void low_is_not(struct emitter *to, const struct policy_test *test)
{
	uint32_t mask = (uint32_t)test->mask, value = (uint32_t)test->value;

	load(to, test->arg, LOW);
	if (!value) {
		jump(to, BPF_JSET, mask, 0, FAIL);
		return;
	}
	mask_word(to, mask);
	jump(to, BPF_JEQ, value, FAIL, 0);
}

static void emit_is(struct emitter *to, const struct policy_test *test)
{
	if (!test->low)
		word_is(to, test, HIGH, FAIL);
	word_is(to, test, LOW, FAIL);
}

static void emit_is_not(struct emitter *to, const struct policy_test *test)
{
	size_t high = to->code->len, end;

	if (!test->low)
		word_is(to, test, HIGH, 0);
	high = to->code->len - high ? to->code->len - 1 : 0;
	low_is_not(to, test);
	if (!high || to->code->full)
		return;
	/* A high word that differs is enough: over the low one. */
	end = to->code->len - high - 1;
	if (to->code->insn[high].code == (BPF_JMP | BPF_K | BPF_JSET))
		to->code->insn[high].jt = (uint8_t)end;
	else
		to->code->insn[high].jf = (uint8_t)end;
	to->loaded = NOTHING;
}

/* a > b and a >= b; a <= b and a < b are their contrary. */
static void emit_order(struct emitter *to, const struct policy_test *test)
{
	bool above = test->op == POLICY_GT || test->op == POLICY_GE;
	unsigned op = test->op == POLICY_GT || test->op == POLICY_LE ? BPF_JGT : BPF_JGE;
	uint32_t high = (uint32_t)(test->value >> 32);

	if (!test->low) {
		load(to, test->arg, HIGH);
		/* Over the three that look on, if the high word decides. */
		jump(to, above ? BPF_JGT : BPF_JGE, high, above ? 3 : 0, above ? 0 : 3);
		jump(to, BPF_JEQ, high, 0, FAIL);
	}
	load(to, test->arg, LOW);
	jump(to, op, (uint32_t)test->value, above ? 0 : FAIL, above ? FAIL : 0);
	if (!test->low)
		to->loaded = NOTHING;
}

static void emit_test(struct emitter *to, struct policy_test test)
{
	switch (test.op) {
	case POLICY_EQ:
	case POLICY_NE:
		test.mask = UINT64_MAX;
		break;
	case POLICY_LT:
	case POLICY_LE:
	case POLICY_GT:
	case POLICY_GE:
		emit_order(to, &test);
		return;
	case POLICY_MASKED_EQ:
	case POLICY_MASKED_NE:
		break;
	}
	if (test.op == POLICY_EQ || test.op == POLICY_MASKED_EQ)
		emit_is(to, &test);
	else
		emit_is_not(to, &test);
}

static void emit_rule(struct emitter *to, const struct policy_rule *rule, bool narrow)
{
	size_t begin = to->code->len;

	to->can_fail = false;
	for (unsigned i = 0; i < rule->ntests; i++) {
		struct policy_test test = rule->test[i];

		/* A negative number as a program of 32 bits passes it. */
		if (narrow && test.value >> 32 == UINT32_MAX)
			test.low = true;
		emit_test(to, test);
	}
	code_return(to->code, rule->action);
	for (size_t i = begin; i < to->code->len; i++) {
		struct sock_filter *insn = &to->code->insn[i];
		uint8_t next = (uint8_t)(to->code->len - i - 1);

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		insn->jt = insn->jt == FAIL ? next : insn->jt;
		insn->jf = insn->jf == FAIL ? next : insn->jf;
	}
	to->loaded = to->at_fail;
}

void chain_emit(struct code *code, const struct chain *chain, bool narrow)
{
	struct emitter to = { .code = code, .loaded = NOTHING, .at_fail = NOTHING };

	for (size_t i = 0; i < chain->nrules; i++)
		emit_rule(&to, chain->rule[i], narrow);
	code_return(code, chain->last);
}
