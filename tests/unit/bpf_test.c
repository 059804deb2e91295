/* Joined programs answer as the kernel would, had they been loaded one after the other. */
#include "bpf.h"
#include "tap.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#endif

#define ALLOW          SECCOMP_RET_ALLOW
#define NUMBER         BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)
#define ANSWER(k)      BPF_STMT(BPF_RET | BPF_K, (k))
#define IS(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))

/* What the programs here are made of, and no more. */
static uint32_t run(const struct sock_filter *insn, size_t len, const struct seccomp_data *data)
{
	uint32_t a = 0, x = 0, memory[16] = { 0 };

	for (size_t i = 0; i < len; i++) {
		uint32_t k = insn[i].k;

		switch (insn[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + k, sizeof(a));
			break;
		case BPF_LD | BPF_IMM:
			a = k;
			break;
		case BPF_ST:
			memory[k] = a;
			break;
		case BPF_LD | BPF_MEM:
			a = memory[k];
			break;
		case BPF_MISC | BPF_TAX:
			x = a;
			break;
		case BPF_MISC | BPF_TXA:
			a = x;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= k;
			break;
		case BPF_ALU | BPF_ADD | BPF_X:
			a += x;
			break;
		case BPF_ALU | BPF_ADD | BPF_K:
			a += k;
			break;
		case BPF_JMP | BPF_JGT | BPF_X:
			i += a > x ? insn[i].jt : insn[i].jf;
			break;
		case BPF_JMP | BPF_JA:
			i += k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			i += a == k ? insn[i].jt : insn[i].jf;
			break;
		case BPF_RET | BPF_K:
			return k;
		case BPF_RET | BPF_A:
			return a;
		default:
			abort();
		}
	}
	abort();
}

static struct sock_filter refuse_2[] = { NUMBER, IS(2, 0, 1), ANSWER(SECCOMP_RET_ERRNO | 1),
					 ANSWER(ALLOW) };
static struct sock_filter enosys_2[] = { NUMBER, IS(2, 0, 1), ANSWER(SECCOMP_RET_ERRNO | 38),
					 ANSWER(ALLOW) };
static struct sock_filter kill_3[] = { NUMBER, IS(3, 1, 0), ANSWER(ALLOW),
				       ANSWER(SECCOMP_RET_KILL_PROCESS) };
static struct sock_filter log_4[] = { NUMBER, IS(4, 0, 1), ANSWER(SECCOMP_RET_LOG), ANSWER(ALLOW) };
/* The number of the call is what it answers with: 5 is KILL_THREAD, as all that is unknown. */
static struct sock_filter returns_a[] = { NUMBER, IS(5, 1, 0), BPF_STMT(BPF_LD | BPF_IMM, ALLOW),
					  BPF_STMT(BPF_RET | BPF_A, 0) };
/* Refuses all if A or X isn't 0 in the beginning. */
static struct sock_filter zeros[] = { BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0), IS(0, 1, 0),
				      ANSWER(SECCOMP_RET_ERRNO | 1), ANSWER(ALLOW) };
static struct sock_filter leaves_x[] = { NUMBER, BPF_STMT(BPF_MISC | BPF_TAX, 0), IS(6, 0, 1),
					 ANSWER(SECCOMP_RET_TRAP), ANSWER(ALLOW) };

#define PROGRAM(filter)                                        \
	{                                                      \
		sizeof(filter) / sizeof((filter)[0]), (filter) \
	}

static const struct sock_fprog programs[] = { PROGRAM(refuse_2),  PROGRAM(kill_3),
					      PROGRAM(enosys_2),  PROGRAM(log_4),
					      PROGRAM(returns_a), PROGRAM(zeros),
					      PROGRAM(leaves_x) };

enum { PROGRAMS = sizeof(programs) / sizeof(programs[0]), CALLS = 9 };

/* kernel/seccomp.c: seccomp_run_filters(), from the last one that was loaded on. */
static uint32_t verdict(const struct sock_fprog *const *program, unsigned n,
			const struct seccomp_data *data)
{
	uint32_t best = ALLOW;

	for (unsigned i = n; i > 0; i--) {
		uint32_t answer = run(program[i - 1]->filter, program[i - 1]->len, data);

		if ((int32_t)(answer & SECCOMP_RET_ACTION_FULL) <
		    (int32_t)(best & SECCOMP_RET_ACTION_FULL))
			best = answer;
	}
	return best;
}

static bool agrees(const struct sock_fprog *const *program, unsigned n)
{
	struct sock_fprog joined, asking;
	bool good = bpf_join(&joined, program, n) && bpf_ask(&asking, &joined);

	for (int nr = 0; nr < CALLS && good; nr++) {
		const struct seccomp_data data = { .nr = nr };
		uint32_t wanted = verdict(program, n, &data);
		uint32_t asked = wanted == ALLOW || wanted == SECCOMP_RET_LOG
					 ? wanted
					 : SECCOMP_RET_USER_NOTIF;

		good = run(joined.filter, joined.len, &data) == wanted &&
		       run(asking.filter, asking.len, &data) == asked;
	}
	if (good) {
		free(joined.filter);
		free(asking.filter);
	}
	return good;
}

static void test_joining(void)
{
	const struct sock_fprog *program[3];

	for (unsigned i = 0; i < PROGRAMS * PROGRAMS * PROGRAMS; i++) {
		program[0] = &programs[i % PROGRAMS];
		program[1] = &programs[i / PROGRAMS % PROGRAMS];
		program[2] = &programs[i / PROGRAMS / PROGRAMS];
		tap_ok(agrees(program, 1) && agrees(program, 2) && agrees(program, 3),
		       "programs %u, %u, %u", i % PROGRAMS, i / PROGRAMS % PROGRAMS,
		       i / PROGRAMS / PROGRAMS);
	}
}

static void test_asking(void)
{
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct sock_fprog asking;
		bool asks = bpf_ask(&asking, &programs[i]);
		bool good = asks && asking.len == programs[i].len + 5;

		/* The kernel's search for calls that are always allowed isn't led astray. */
		for (unsigned j = 0; j < programs[i].len && good; j++)
			good = BPF_CLASS(programs[i].filter[j].code) == BPF_RET ||
			       !memcmp(&asking.filter[j], &programs[i].filter[j],
				       sizeof(asking.filter[j]));
		tap_ok(good, "program %u asks in its own words", i);
		if (asks)
			free(asking.filter);
	}
}

static bool joins(struct sock_filter *filter, unsigned len)
{
	const struct sock_fprog one = { (unsigned short)len, filter };
	const struct sock_fprog *const program[] = { &one };
	struct sock_fprog joined;
	bool good = bpf_join(&joined, program, 1);

	if (good)
		free(joined.filter);
	return good;
}

static void test_refused(void)
{
	struct sock_filter out[] = { NUMBER, IS(2, 5, 0), ANSWER(ALLOW) };
	struct sock_filter far[] = { BPF_STMT(BPF_JMP | BPF_JA, 1), ANSWER(ALLOW) };
	struct sock_filter open[] = { NUMBER };
	struct sock_filter words[16], *big = calloc(BPF_MAXINSNS, sizeof(*big));

	if (!big)
		abort();
	tap_ok(!joins(out, 3), "a branch that leaves the program");
	tap_ok(!joins(far, 2), "a jump that does");
	tap_ok(!joins(open, 1), "no answer in the end");
	tap_ok(!joins(out, 0), "nothing at all");
	for (unsigned i = 0; i < 15; i++)
		words[i] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	words[15] = (struct sock_filter)ANSWER(ALLOW);
	tap_ok(!joins(words, 16), "one word of memory is too few");
	tap_ok(joins(words + 1, 15), "two are enough");
	for (unsigned i = 0; i < BPF_MAXINSNS; i++)
		big[i] = (struct sock_filter)ANSWER(ALLOW);
	/* 2 zeros, 2 for the answer, 1 for the choice, 2 in the end */
	tap_ok(!joins(big, BPF_MAXINSNS - 6), "no room for what is added");
	tap_ok(joins(big, BPF_MAXINSNS - 7), "just room for it");
	free(big);
}

int main(void)
{
	test_joining();
	test_asking();
	test_refused();
	return tap_done();
}
