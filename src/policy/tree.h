/* tree.h - a binary tree of comparisons that finds a call's answer by its number. */
#ifndef POLICY_TREE_H
#define POLICY_TREE_H

#include "code.h"

/* Append one to code whose A holds the number. answer[nr - base] is what it returns
 * (SECCOMP_RET_..., or a mark); the last of the n answers holds for all numbers above. */
void tree_emit(struct code *code, const uint32_t *answer, unsigned n, uint32_t base);

/* An answer that no policy has, SECCOMP_RET_TRACE with a number in its data: to be replaced by a
 * jump. */
#define TREE_MARK(n) (0x7ff00000U | (n))

#endif
