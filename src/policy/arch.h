/* arch.h - what differs between the architectures that one kernel runs programs of. */
#ifndef POLICY_ARCH_H
#define POLICY_ARCH_H

#include "chain.h"
#include "policy.h"

/* SCMP_ARCH_NATIVE or another SCMP_ARCH_* into AUDIT_ARCH_*, as seccomp_data has it. x32: x86_64's.
 */
uint32_t arch_token(uint32_t arch);

/* Whether it isn't the native one, and the native one's kernel may run it. */
bool arch_is_foreign(uint32_t arch);

bool arch_is_in(const struct policy *policy, uint32_t arch);

/* Words of 32 bits. */
bool arch_is_narrow(uint32_t arch);

/* Whether the architecture has a name for a number of its own. */
bool arch_call_name(uint32_t arch, uint32_t nr);

/* Where socketcall(2) or ipc(2) is how a call is made its arguments lie in memory, so what depends
 * on them gets the strictest answer: append that, if the architecture has those calls. A holds
 * anything. */
void arch_emit_hidden(struct code *code, uint32_t arch, const struct chain *chain);

#endif
