/* memory.h - a policy while it is made. Used by parsers only.
 *
 * cradle-policy is short-lived and one user's: where memory ends it says so and exits, and no
 * caller has a path for it.
 */
#ifndef POLICY_MEMORY_H
#define POLICY_MEMORY_H

#include "policy.h"

/* Zeroed; lives until policy_finish(). */
void *policy_alloc(struct policy *policy, size_t size);
char *policy_copy(struct policy *policy, const char *text, size_t len);

/* A copy of *rule, and of its tests, becomes the last, so far strongest, rule. Its strings must
 * live as long. */
void policy_add_rule(struct policy *policy, const struct policy_rule *rule);

/* bytes belong to the policy (policy_alloc, policy_copy) or to the program. The pointer is good
 * until the next input is added. */
const struct policy_input *policy_add_input(struct policy *policy,
					    const struct policy_input *input);

/* realloc(3) and calloc(3) that don't return NULL. */
void *memory_grow(void *old, size_t n, size_t size);

#endif
