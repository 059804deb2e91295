/* tree.h - libseccomp's part: the binary tree that finds a call by its number. */
#ifndef POLICY_TREE_H
#define POLICY_TREE_H

#include "chain.h"

/* Append a tree for one architecture (SCMP_ARCH_*) to code whose A holds the call's number. A call
 * that needs its arguments looked at ends in TREE_MARK(number of its chain), every other one in its
 * answer. Calls that the architecture doesn't have are passed over, and so are those from
 * POLICY_NEWER up. Returns 0, or -errno after saying what failed. */
int tree_emit(struct code *code, uint32_t arch, struct policy_action otherwise,
	      const struct chains *chains);

/* What no policy answers with, SECCOMP_RET_TRACE, with a number in its data. */
#define TREE_MARK(n) (0x7ff00000U | (n))

#endif
