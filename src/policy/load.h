/* load.h - a policy from wherever it is and whatever it is written in. */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy.h"

enum policy_kind { POLICY_TEXT, POLICY_JSON, POLICY_BPF };

/* What a file is, by its content: a NUL byte makes it BPF, { as the first that isn't blank JSON. */
enum policy_kind policy_kind(const char *bytes, size_t len);

/* Find (policy_source() says how), recognise and parse a policy; BPF is refused, for nothing can be
 * read from it. Returns 0, or -errno after a line on context->errors. The caller finishes the
 * policy, also after a failure. */
int policy_load(struct policy *policy, const char *name_or_path,
		const struct policy_context *context);

#endif
