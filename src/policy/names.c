/* System calls by name and number: libseccomp's table, then our own. */
#include "names.h"

#include <limits.h>
#include <seccomp.h>
#include <stddef.h>

/* Where libseccomp's numbers of foreign calls are: those that x86 has as part of socketcall and
 * ipc, and all others. It adds new ones below. */
enum { MULTIPLEXED = -300, FOREIGN = -10000 };

int policy_call_number(const char *name)
{
	int nr = newer_number(name);

	/* Ours first: libseccomp has pseudo numbers for calls that it knows of one architecture
	 * only, and a number must not depend on its release. */
	return nr == POLICY_NO_CALL ? seccomp_syscall_resolve_name(name) : nr;
}

/* libseccomp returns a copy each time; one is kept, as the callers ask for all in loops. */
static const char *kept(char **slot, int nr)
{
	if (!*slot)
		*slot = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
	return *slot;
}

const char *policy_call_name(int nr)
{
	static char *native[POLICY_NUMBERS], *multiplexed[-MULTIPLEXED], *foreign[POLICY_NUMBERS];
	const char *name = newer_name(nr);

	if (name)
		return name;
	if (nr >= 0 && nr < POLICY_NUMBERS)
		return kept(&native[nr], nr);
	if (nr < POLICY_NO_CALL && nr > MULTIPLEXED)
		return kept(&multiplexed[-nr], nr);
	if (nr < FOREIGN && nr > FOREIGN - POLICY_NUMBERS)
		return kept(&foreign[FOREIGN - nr], nr);
	return NULL;
}

bool policy_next_call(int *nr, bool foreign)
{
	int next = *nr;

	if (next == INT_MIN)
		next = foreign ? FOREIGN - POLICY_NUMBERS : -1;
	while (++next < POLICY_NUMBERS) {
		if (next == FOREIGN)
			next = MULTIPLEXED;
		if (policy_call_name(next)) {
			*nr = next;
			return true;
		}
	}
	return false;
}
