/* One program from a policy: which architecture, which call, then which arguments.
 *
 * libseccomp makes the tree that finds a call; its rules have no order and no 32-bit comparison, so
 * what depends on arguments is code of ours (chain.h) that the tree's leaves jump to. The kernel
 * finds out beforehand which calls are allowed whatever their arguments, if nothing but number and
 * architecture is looked at on the way there: so no argument is loaded before the leaves.
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

/* x32's bit in a number, with the same AUDIT_ARCH as x86_64. */
enum { X32_BIT = 0x40000000 };

/* Calls from POLICY_NEWER up have the same number on all architectures, so libseccomp needn't know
 * their names; everything else up there is unknown. */
static void emit_newer(struct code *code, const struct policy *policy, const struct chains *chains,
		       uint32_t base)
{
	for (size_t i = 0; i < chains->nchains; i++) {
		const struct chain *chain = &chains->chain[i];

		if (chain->nr < POLICY_NEWER)
			continue;
		code_if(code, BPF_JEQ, base + (uint32_t)chain->nr);
		code_put(code, BPF_RET | BPF_K,
			 chain->nrules ? TREE_MARK(i) : code_action(chain->last), 0, 0);
	}
	code_return(code, policy->unknown);
}

/* Numbers below POLICY_NEWER that nobody has a name for. */
static void emit_gaps(struct code *code, const struct policy *policy, uint32_t arch, uint32_t base)
{
	unsigned end;

	if (action_equal(policy->unknown, policy->otherwise))
		return;
	for (unsigned nr = 0; nr < POLICY_NEWER; nr = end + 1) {
		for (end = nr; end < POLICY_NEWER && !arch_call_name(arch, base + end); end++)
			;
		if (end == nr)
			continue;
		if (end - nr == 1) {
			code_if(code, BPF_JEQ, base + nr);
		} else {
			code_put(code, BPF_JMP | BPF_K | BPF_JGE, base + nr, 0, 2);
			code_put(code, BPF_JMP | BPF_K | BPF_JGT, base + end - 1, 1, 0);
		}
		code_return(code, policy->unknown);
	}
}

/* The leaves that are marked with a chain's number jump to what is appended next. */
static bool point_leaves_here(struct code *code, size_t begin, size_t end, size_t chain)
{
	bool any = false;

	for (size_t at = begin; at < end; at++) {
		struct sock_filter *insn = &code->insn[at];

		if (insn->code != (BPF_RET | BPF_K) || insn->k != TREE_MARK(chain))
			continue;
		*insn = (struct sock_filter){ .code = BPF_JMP | BPF_JA };
		code_land(code, at);
		any = true;
	}
	return any;
}

static void emit_chains(struct code *code, size_t begin, const struct chains *chains, uint32_t arch)
{
	size_t end = code->len;

	for (size_t i = 0; i < chains->nchains; i++) {
		if (!chains->chain[i].nrules || !point_leaves_here(code, begin, end, i))
			continue;
		arch_emit_hidden(code, arch, &chains->chain[i]);
		chain_emit(code, &chains->chain[i], arch_is_narrow(arch));
	}
}

/* All for one architecture; A holds the number. */
static int emit_arch(struct code *code, const struct policy *policy, const struct chains *chains,
		     uint32_t arch)
{
	uint32_t base = arch == SCMP_ARCH_X32 ? X32_BIT : 0;
	size_t begin = code->len, newer;
	int err;

	code_if(code, BPF_JGE, base + POLICY_NEWER);
	newer = code_jump(code);
	emit_gaps(code, policy, arch, base);
	err = tree_emit(code, arch, policy->otherwise, chains);
	if (err < 0 || code->full)
		return err;
	code_land(code, newer);
	emit_newer(code, policy, chains, base);
	emit_chains(code, begin, chains, arch);
	return 0;
}

/* A number of x32 comes as x86_64's. -1 does as well, when a tracer (strace --inject) wants a call
 * to be left out: nobody is to die of that. */
static int emit_x32(struct code *code, const struct policy *policy, const struct chains *chains)
{
	size_t native;
	int err = 0;

	code_put(code, BPF_JMP | BPF_K | BPF_JGE, X32_BIT, 1, 0);
	native = code_jump(code);
	code_if(code, BPF_JEQ, UINT32_MAX);
	code_return(code, policy->unknown);
	if (arch_is_in(policy, SCMP_ARCH_X32))
		err = emit_arch(code, policy, chains, SCMP_ARCH_X32);
	else
		code_return(code, (struct policy_action){ POLICY_KILL, 0 });
	if (!code->full)
		code_land(code, native);
	return err;
}

static int emit_token(struct code *code, const struct policy *policy, const struct chains *chains,
		      uint32_t arch)
{
	size_t next;
	int err = 0;

	code_put(code, BPF_JMP | BPF_K | BPF_JEQ, arch_token(arch), 1, 0);
	next = code_jump(code);
	code_load(code, offsetof(struct seccomp_data, nr));
	if (arch_token(arch) == SCMP_ARCH_X86_64)
		err = emit_x32(code, policy, chains);
	if (!err)
		err = emit_arch(code, policy, chains, arch);
	if (!code->full)
		code_land(code, next);
	return err;
}

static int emit_policy(struct code *code, const struct policy *policy, const struct chains *chains)
{
	int err;

	code_load(code, offsetof(struct seccomp_data, arch));
	err = emit_token(code, policy, chains, SCMP_ARCH_NATIVE);
	for (unsigned i = 0; i < policy->narchs && !err; i++) {
		/* The kernel can't run the others, and x32 is in with x86_64. */
		if (arch_is_foreign(policy->arch[i]) && policy->arch[i] != SCMP_ARCH_X32)
			err = emit_token(code, policy, chains, policy->arch[i]);
	}
	code_return(code, (struct policy_action){ POLICY_KILL, 0 });
	return err;
}

int policy_compile(const struct policy *policy, struct policy_program *program)
{
	struct code *code = memory_grow(NULL, 1, sizeof(*code));
	struct chains chains;
	int err;

	*program = (struct policy_program){ 0 };
	code->len = 0;
	code->full = false;
	chains_make(&chains, policy);
	err = emit_policy(code, policy, &chains);
	chains_finish(&chains);
	if (!err && code->full)
		err = log_errno(-E2BIG,
				"cannot compile %s into the %d instructions that the kernel takes",
				policy->name, CODE_MAX);
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
