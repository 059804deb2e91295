/* One program from a policy: which architecture, which call, then which arguments.
 *
 * A tree finds a call's answer by its number; where that depends on arguments it jumps to code for
 * them (chain.h). The kernel finds out beforehand which calls are allowed whatever their arguments,
 * if nothing but number and architecture is looked at on the way there (seccomp_cache_prepare() in
 * kernel/seccomp.c): so no argument is loaded in the tree.
 */
#include "compile.h"

#include "arch.h"
#include "chain.h"
#include "log.h"
#include "memory.h"
#include "names.h"
#include "tree.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

/* Where a number's answer is made: a chain, and behind those the multiplexers. */
struct section {
	struct code *code;
	const struct policy *policy;
	const struct chains *chains;
	uint32_t arch;
	uint32_t answer[POLICY_NUMBERS + 1]; /* the last: of all above */
};

/* A call has the answer of its chain. One that no rule names gets `default`, or `unknown` if nobody
 * has a name for it or it is newer than policies. */
static uint32_t answer_to(const struct section *of, int call, struct policy_action unnamed)
{
	const struct chain *chain = chains_find(of->chains, call);

	if (!chain)
		return code_action(unnamed);
	if (chain->nrules)
		return TREE_MARK((uint32_t)(chain - of->chains->chain));
	return code_action(chain->last);
}

static void find_answers(struct section *of)
{
	const struct arch_multiplexer *multiplexer;

	for (unsigned nr = 0; nr <= POLICY_NUMBERS; nr++) {
		int call = arch_call(of->arch, nr);
		bool known = nr < POLICY_NEWER && call != POLICY_NO_CALL;

		of->answer[nr] = code_action(of->policy->unknown);
		if (call != POLICY_NO_CALL && nr < POLICY_NUMBERS)
			of->answer[nr] = answer_to(
				of, call, known ? of->policy->otherwise : of->policy->unknown);
	}
	for (unsigned i = 0; (multiplexer = arch_multiplexer(i)); i++) {
		int nr = arch_multiplexer_number(of->arch, multiplexer);

		if (nr >= 0)
			of->answer[nr] = TREE_MARK((uint32_t)of->chains->nchains + i);
	}
}

/* Arguments lie in memory here, so that what depends on them gets the strictest answer. */
static void emit_multiplexer(struct section *of, const struct arch_multiplexer *multiplexer)
{
	struct code *code = of->code;

	code_load(code, CODE_LOW_WORD(0));
	if (multiplexer->mask != UINT32_MAX)
		code_put(code, BPF_ALU | BPF_K | BPF_AND, multiplexer->mask, 0, 0);
	for (unsigned i = 0; i < multiplexer->ncalls; i++) {
		const struct chain *chain;

		if (!multiplexer->call[i])
			continue;
		chain = chains_find(of->chains, policy_call_number(multiplexer->call[i]));
		if (!chain)
			continue;
		code_if(code, BPF_JEQ, i);
		code_return(code, chain_strictest(chain));
	}
	code_return(code, of->policy->otherwise);
}

/* The tree's answers that are marks become jumps to what is appended next. */
static bool point_here(struct section *of, size_t begin, size_t end, size_t mark)
{
	bool any = false;

	for (size_t at = begin; at < end; at++) {
		struct sock_filter *insn = &of->code->insn[at];

		if (insn->code != (BPF_RET | BPF_K) || insn->k != TREE_MARK(mark))
			continue;
		*insn = (struct sock_filter){ .code = BPF_JMP | BPF_JA };
		code_land(of->code, at);
		any = true;
	}
	return any;
}

static void emit_marked(struct section *of, size_t begin)
{
	const struct chains *chains = of->chains;
	const struct arch_multiplexer *multiplexer;
	size_t end = of->code->len;

	for (size_t i = 0; i < chains->nchains; i++) {
		if (chains->chain[i].nrules && point_here(of, begin, end, i))
			chain_emit(of->code, &chains->chain[i], arch_is_narrow(of->arch));
	}
	for (unsigned i = 0; (multiplexer = arch_multiplexer(i)); i++) {
		if (point_here(of, begin, end, chains->nchains + i))
			emit_multiplexer(of, multiplexer);
	}
}

/* All for one architecture; A holds the number. */
static void emit_arch(struct code *code, const struct policy *policy, const struct chains *chains,
		      uint32_t arch)
{
	struct section of = { .code = code, .policy = policy, .chains = chains, .arch = arch };
	size_t begin = code->len;

	find_answers(&of);
	tree_emit(code, of.answer, POLICY_NUMBERS + 1, arch_base(arch));
	emit_marked(&of, begin);
}

/* A number of x32 comes as x86_64's. -1 does as well, when a tracer (strace --inject) wants a call
 * to be left out: nobody is to die of that. */
static void emit_x32(struct code *code, const struct policy *policy, const struct chains *chains)
{
	size_t native;

	code_put(code, BPF_JMP | BPF_K | BPF_JGE, arch_base(SCMP_ARCH_X32), 1, 0);
	native = code_jump(code);
	code_if(code, BPF_JEQ, UINT32_MAX);
	code_return(code, policy->unknown);
	if (arch_is_in(policy, SCMP_ARCH_X32))
		emit_arch(code, policy, chains, SCMP_ARCH_X32);
	else
		code_return(code, (struct policy_action){ POLICY_KILL, 0 });
	code_land(code, native);
}

static void emit_token(struct code *code, const struct policy *policy, const struct chains *chains,
		       uint32_t arch)
{
	size_t next;

	code_put(code, BPF_JMP | BPF_K | BPF_JEQ, arch_token(arch), 1, 0);
	next = code_jump(code);
	code_load(code, offsetof(struct seccomp_data, nr));
	if (arch_token(arch) == SCMP_ARCH_X86_64)
		emit_x32(code, policy, chains);
	emit_arch(code, policy, chains, arch);
	code_land(code, next);
}

static void emit_policy(struct code *code, const struct policy *policy, const struct chains *chains)
{
	code_load(code, offsetof(struct seccomp_data, arch));
	emit_token(code, policy, chains, SCMP_ARCH_NATIVE);
	for (unsigned i = 0; i < policy->narchs; i++) {
		/* The kernel can't run the others, and x32 is in with x86_64. */
		if (arch_is_foreign(policy->arch[i]) && policy->arch[i] != SCMP_ARCH_X32)
			emit_token(code, policy, chains, policy->arch[i]);
	}
	code_return(code, (struct policy_action){ POLICY_KILL, 0 });
}

int policy_compile(const struct policy *policy, struct policy_program *program)
{
	struct code *code = memory_grow(NULL, 1, sizeof(*code));
	struct chains chains;
	int err = 0;

	*program = (struct policy_program){ 0 };
	code->len = 0;
	code->full = false;
	chains_make(&chains, policy);
	emit_policy(code, policy, &chains);
	chains_finish(&chains);
	if (code->full) {
		log_error("cannot compile %s into the %d instructions that the kernel takes",
			  policy->name, CODE_MAX);
		err = -E2BIG;
	}
	if (!err) {
		program->insn = memory_grow(NULL, code->len, sizeof(code->insn[0]));
		program->len = code->len;
		memcpy(program->insn, code->insn, code->len * sizeof(code->insn[0]));
	}
	free(code);
	return err;
}

void policy_program_finish(struct policy_program *program)
{
	free(program->insn);
	*program = (struct policy_program){ 0 };
}
