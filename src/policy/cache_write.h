/* cache_write.h - keep what was compiled for the next launch. */
#ifndef POLICY_CACHE_WRITE_H
#define POLICY_CACHE_WRITE_H

#include "compile.h"
#include "policy.h"

/* word is what the user called the policy. Whatever fails, and a directory that others may write
 * to, is no error: the next launch compiles anew. */
void cache_store(const struct policy *policy, const char *word,
		 const struct policy_context *context, const struct policy_program *program);

#endif
