/* parse.h - the text format of policies into struct policy. */
#ifndef POLICY_PARSE_H
#define POLICY_PARSE_H

#include "policy.h"

/* Append the rules of a text to a policy (policy_init() made it). file is what messages call it and
 * what `include PATH` is relative to; text ends with a NUL and may be freed afterwards. Each error
 * is one line, `file:line:column: WORD: expected ...`, on context->errors; up to 20 are told.
 * Returns 0 or -EINVAL, and then the policy is good for policy_finish() only. */
int policy_parse_text(struct policy *policy, const char *file, const char *text,
		      const struct policy_context *context);

#endif
