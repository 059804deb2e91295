/* Seccomp programs made of others. May do nothing but allocate. */
#include "bpf.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#endif

enum { ANSWERS = 64, WORDS = BPF_MEMWORDS };

struct writer {
	struct sock_filter *insn; /* of BPF_MAXINSNS */
	size_t len;
	bool full;
	unsigned best, this; /* words of memory that no program uses */
};

/* What a program answers with, by constants. */
struct answers {
	uint32_t k[ANSWERS];
	unsigned n;
	bool a; /* also by what it has calculated */
};

static void put(struct writer *w, unsigned code, uint32_t k, unsigned jt, unsigned jf)
{
	w->full = w->full || w->len == BPF_MAXINSNS;
	if (!w->full)
		w->insn[w->len++] =
			(struct sock_filter){ (uint16_t)code, (uint8_t)jt, (uint8_t)jf, k };
}

static bool is_return(const struct sock_filter *insn, unsigned what)
{
	return BPF_CLASS(insn->code) == BPF_RET && BPF_RVAL(insn->code) == what;
}

/* The kernel would refuse it alone; joined it could jump into its neighbour. */
static bool stays_inside(const struct sock_fprog *program)
{
	for (size_t i = 0; i < program->len; i++) {
		const struct sock_filter *insn = &program->filter[i];
		size_t left = program->len - i - 1;

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		if (BPF_OP(insn->code) == BPF_JA ? insn->k >= left
						 : insn->jt >= left || insn->jf >= left)
			return false;
	}
	return program->len && BPF_CLASS(program->filter[program->len - 1].code) == BPF_RET;
}

static bool find_answers(struct answers *answers, const struct sock_fprog *program)
{
	*answers = (struct answers){ .n = 0 };
	for (unsigned i = 0; i < program->len; i++) {
		const struct sock_filter *insn = &program->filter[i];
		unsigned at = 0;

		answers->a = answers->a || is_return(insn, BPF_A);
		if (!is_return(insn, BPF_K))
			continue;
		while (at < answers->n && answers->k[at] != insn->k)
			at++;
		if (at == ANSWERS)
			return false;
		answers->k[at] = insn->k;
		answers->n += at == answers->n;
	}
	return true;
}

/* Memory that is nobody's. */
static bool find_words(struct writer *w, const struct sock_fprog *const *program, unsigned n)
{
	unsigned used = 0;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < program[i]->len; j++) {
			const struct sock_filter *insn = &program[i]->filter[j];
			unsigned class = BPF_CLASS(insn->code);

			if (class == BPF_ST || class == BPF_STX)
				used |= insn->k < WORDS ? 1U << insn->k : 0;
		}
	}
	for (w->best = 0; w->best < WORDS && (used >> w->best & 1);)
		w->best++;
	for (w->this = w->best + 1; w->this < WORDS && (used >> w->this & 1);)
		w->this ++;
	return w->this < WORDS;
}

/* The answer in A, as a number that is the smaller the stricter it is: the kernel compares them as
 * signed ones. */
static void put_rank(struct writer *w)
{
	put(w, BPF_ALU | BPF_AND | BPF_K, SECCOMP_RET_ACTION_FULL, 0, 0);
	put(w, BPF_ALU | BPF_ADD | BPF_K, 0x80000000U, 0, 0);
}

/* The answer in A becomes the best so far, if it is stricter. */
static void put_choice(struct writer *w, bool first)
{
	if (!first) {
		put(w, BPF_ST, w->this, 0, 0);
		put_rank(w);
		put(w, BPF_MISC | BPF_TAX, 0, 0, 0);
		put(w, BPF_LD | BPF_MEM, w->best, 0, 0);
		put_rank(w);
		put(w, BPF_JMP | BPF_JGT | BPF_X, 0, 0, 2);
		put(w, BPF_LD | BPF_MEM, w->this, 0, 0);
	}
	put(w, BPF_ST, w->best, 0, 0);
}

/* Each answer becomes a jump to where it is loaded, behind the program, from where it goes on to
 * the choice. */
static bool put_program(struct writer *w, const struct sock_fprog *program, bool first)
{
	struct answers answers;

	if (!stays_inside(program) || !find_answers(&answers, program))
		return false;
	/* A program begins with both being 0 (seccomp_run_filters()). */
	put(w, BPF_LD | BPF_IMM, 0, 0, 0);
	put(w, BPF_MISC | BPF_TAX, 0, 0, 0);
	for (unsigned i = 0; i < program->len; i++) {
		const struct sock_filter *insn = &program->filter[i];
		unsigned left = program->len - i - 1, at = 0;

		while (is_return(insn, BPF_K) && answers.k[at] != insn->k)
			at++;
		if (is_return(insn, BPF_A))
			put(w, BPF_JMP | BPF_JA, left + 2 * answers.n, 0, 0);
		else if (is_return(insn, BPF_K))
			put(w, BPF_JMP | BPF_JA, left + 2 * at, 0, 0);
		else
			put(w, insn->code, insn->k, insn->jt, insn->jf);
	}
	for (unsigned i = 0; i < answers.n; i++) {
		put(w, BPF_LD | BPF_IMM, answers.k[i], 0, 0);
		put(w, BPF_JMP | BPF_JA, 2 * (answers.n - i - 1), 0, 0);
	}
	put_choice(w, first);
	return true;
}

static bool begin(struct writer *w)
{
	*w = (struct writer){ .insn = malloc(BPF_MAXINSNS * sizeof(*w->insn)) };
	w->full = !w->insn;
	return w->insn;
}

static bool end(struct writer *w, struct sock_fprog *program, bool good)
{
	if (!good || w->full) {
		free(w->insn);
		return false;
	}
	*program = (struct sock_fprog){ (unsigned short)w->len, w->insn };
	return true;
}

bool bpf_join(struct sock_fprog *joined, const struct sock_fprog *const *program, unsigned n)
{
	struct writer w;
	bool good = begin(&w) && find_words(&w, program, n);

	for (unsigned i = n; i > 0 && good; i--)
		good = put_program(&w, program[i - 1], i == n);
	put(&w, BPF_LD | BPF_MEM, w.best, 0, 0);
	put(&w, BPF_RET | BPF_A, 0, 0, 0);
	return end(&w, joined, good);
}

static uint32_t ask(uint32_t answer)
{
	uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
	bool passes = action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;

	return passes ? answer : SECCOMP_RET_USER_NOTIF;
}

/* Nothing is added in front, nor is a constant moved: the kernel still finds out which calls are
 * always allowed (seccomp_is_const_allow()). */
bool bpf_ask(struct sock_fprog *asking, const struct sock_fprog *program)
{
	struct writer w;
	bool good = begin(&w) && stays_inside(program);

	for (unsigned i = 0; i < program->len && good; i++) {
		const struct sock_filter *insn = &program->filter[i];

		if (is_return(insn, BPF_A))
			put(&w, BPF_JMP | BPF_JA, program->len - i - 1U, 0, 0);
		else
			put(&w, insn->code, is_return(insn, BPF_K) ? ask(insn->k) : insn->k,
			    insn->jt, insn->jf);
	}
	put(&w, BPF_ALU | BPF_AND | BPF_K, SECCOMP_RET_ACTION_FULL, 0, 0);
	put(&w, BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_RET_ALLOW, 2, 0);
	put(&w, BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_RET_LOG, 1, 0);
	put(&w, BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF, 0, 0);
	put(&w, BPF_RET | BPF_A, 0, 0, 0);
	return end(&w, asking, good);
}
