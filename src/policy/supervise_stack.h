/* supervise_stack.h - the policies that hold for a sandbox, and what they say together. */
#ifndef POLICY_SUPERVISE_STACK_H
#define POLICY_SUPERVISE_STACK_H

#include "decode.h"
#include "policy.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

enum { STACK_LAYERS = 32 };

struct stack_layer {
	const char *name;
	struct policy policy;
	struct sock_filter *program; /* instead of a policy: all that is known is what it does */
	size_t len;
	struct sock_filter *compiled; /* of the policy, once it is needed */
	size_t compiled_len;
};

struct stack {
	struct stack_layer layer[STACK_LAYERS];
	unsigned nlayers;
};

/* Why, where no rule says so. */
enum verdict_reason {
	VERDICT_NOBODY, /* nobody denies it */
	VERDICT_RULE,
	VERDICT_DEFAULT,
	VERDICT_UNKNOWN, /* a number without a name */
	VERDICT_ARCH,    /* of an architecture that the policy doesn't name */
	VERDICT_HIDDEN,  /* its arguments can't be seen, so it gets the strictest answer */
	VERDICT_PROGRAM,
};

struct verdict {
	struct policy_action action;
	enum verdict_reason reason;
	const struct stack_layer *by;
	const struct policy_rule *rule;
};

/* A call as policies know it. */
struct stack_call {
	struct decode_call call; /* nr is the native number, or libseccomp's for a foreign call */
	uint32_t arch;           /* SCMP_ARCH_* */
	const struct seccomp_data *data;
};

/* Resolve what the kernel notifies of; pid as it tells it. data must live as long. */
void stack_resolve(struct stack_call *call, const struct seccomp_data *data, pid_t pid);

/* Put a policy on top: NAME, PATH, or fd:N, which isn't closed. Returns 0 or -errno, said. */
int stack_add(struct stack *stack, const char *name, const struct policy_context *context);

/* The strictest, and of equally strict ones the last, as with filters in the kernel. */
struct verdict stack_judge(struct stack *stack, const struct stack_call *call);

/* Accepts a zeroed one. */
void stack_finish(struct stack *stack);

#endif
