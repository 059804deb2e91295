/* arch.h - what differs between the architectures that one kernel runs programs of. */
#ifndef POLICY_ARCH_H
#define POLICY_ARCH_H

#include "policy.h"

/* SCMP_ARCH_NATIVE or another SCMP_ARCH_* into AUDIT_ARCH_*, as seccomp_data has it. x32: x86_64's.
 */
uint32_t arch_token(uint32_t arch);

/* Whether it isn't the native one, and the native one's kernel may run it. */
bool arch_is_foreign(uint32_t arch);

bool arch_is_in(const struct policy *policy, uint32_t arch);

/* What is added to numbers there: x32 has a bit of its own. */
uint32_t arch_base(uint32_t arch);

/* Words of 32 bits. */
bool arch_is_narrow(uint32_t arch);

/* What rules call the call that has a number there (without arch_base()), or POLICY_NO_CALL. */
int arch_call(uint32_t arch, unsigned nr);

/* Calls that stand for others, by their first argument. */
struct arch_multiplexer {
	const char *name;
	uint32_t mask; /* of that argument */
	const char *const *call;
	unsigned ncalls; /* by number; NULL: none */
};

/* NULL: there are no more. */
const struct arch_multiplexer *arch_multiplexer(unsigned i);

/* Its number on an architecture; negative: that has none. */
int arch_multiplexer_number(uint32_t arch, const struct arch_multiplexer *multiplexer);

#endif
