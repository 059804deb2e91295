/* write.h - policies as text, which policy_parse_text() reads as the same. */
#ifndef POLICY_WRITE_H
#define POLICY_WRITE_H

#include "flat.h"
#include "policy.h"

#include <stdio.h>

/* Words in lines of at most 100 columns. */
struct writer {
	FILE *to;
	unsigned column;
	const char *cut; /* what ends a line that goes on, and begins the next: " \\\n\t" */
	unsigned indent; /* columns of that */
};

void write_begin(struct writer *writer, FILE *to);

/* The same for a comment. */
void write_begin_comment(struct writer *writer, FILE *to);

/* A blank before it unless it is the line's first; format as of printf(3). */
__attribute__((format(printf, 2, 3))) void write_word(struct writer *writer, const char *fmt, ...);
void write_end(struct writer *writer);

/* "allow", "deny ENOENT", "kill": what a rule begins with. */
const char *write_action(const struct policy_action *action, char buf[64]);

/* "allow", "ENOENT": what `default` and `unknown` take. */
const char *write_default(const struct policy_action *action, char buf[64]);

/* Rules of one call and one action as one condition: "arg0 in {AF_UNIX, AF_INET} or arg0 == ...".
 * The last is written first, as it came first in the policy. Nothing is written if one of them has
 * no test. */
void write_condition(struct writer *writer, const struct policy_rule *const *rule, size_t n);

/* Whether both calls are treated alike, and the names of arguments make the same words of it. */
bool write_same(const struct flat *a, const struct flat *b);

#endif
