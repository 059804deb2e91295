/* names.h - system calls by name and number. Native architecture. */
#ifndef POLICY_NAMES_H
#define POLICY_NAMES_H

#include <stdbool.h>

enum {
	/* From here on a number means the same call on all architectures, and a policy that
	 * doesn't name it may never have heard of it. */
	POLICY_NEWER = 451,
	/* Above every number that anything has a name for. */
	POLICY_NUMBERS = 600,
	/* policy_call_number(): no such call. */
	POLICY_NO_CALL = -1,
};

/* The number, from libseccomp or newer.c; negative but not POLICY_NO_CALL for a call that only
 * other architectures have, e.g. "waitpid". */
int policy_call_number(const char *name);

/* A static string, or NULL if nobody has a name for it. Foreign calls' negative numbers, too. */
const char *policy_call_name(int nr);

/* All that have a name, one after the other: those of other architectures if `foreign`, then ours.
 * Begin with *nr = INT_MIN; false: no more. */
bool policy_next_call(int *nr, bool foreign);

/* newer.c: what libseccomp may not know yet. */
int newer_number(const char *name);
const char *newer_name(int nr);

#endif
