/* source.h - where a policy's text comes from. */
#ifndef POLICY_SOURCE_H
#define POLICY_SOURCE_H

#include "policy.h"

/* Editors of other systems begin UTF-8 with it; it has no meaning and can't be seen. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Read what NAME|PATH names and note it among the policy's inputs. A word of letters, digits, - and
 * _ is a name: one that is built into this program, else NAME.policy in the installed directory.
 * Everything else is a path, relative to the directory of the file `from` (NULL: the working
 * directory). Errors are one line on context->errors. Returns the input, or NULL. */
const struct policy_input *policy_source(struct policy *policy, const char *name, const char *from,
					 const struct policy_context *context);

/* The same without a word about errors: 0 or -errno, -ENOENT for a name that nobody knows. */
int source_find(struct policy *policy, const char *name, const char *from,
		const struct policy_input **input);

/* Whether two inputs' paths are of the same file, however they are written. */
bool source_same(const char *a, const char *b);

/* The n-th built-in policy's name and text; NULL: no more. */
const char *policy_shipped(unsigned n, const char **text);

#endif
