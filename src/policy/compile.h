/* compile.h - from a policy to the program that the kernel runs for each system call. */
#ifndef POLICY_COMPILE_H
#define POLICY_COMPILE_H

#include "policy.h"

#include <linux/filter.h>

struct policy_program {
	struct sock_filter *insn; /* malloc(3)ed */
	size_t len;
};

/* What policy_eval() says, as BPF for seccomp(2). Foreign architectures that the policy names have
 * its rules by the calls' names, others are killed. Returns 0, or -errno after saying what failed;
 * -E2BIG: more than the kernel's 4096 instructions. The caller finishes the program. */
int policy_compile(const struct policy *policy, struct policy_program *program);

/* Accepts a zeroed one. */
void policy_program_finish(struct policy_program *program);

#endif
