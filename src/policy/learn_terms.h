/* learn_terms.h - which arguments of which calls a policy should look at.
 *
 * For a call of this table "allowed" says little: its arguments choose between very different
 * things. Learnt rules and suggestions give conditions for them. Pure.
 */
#ifndef POLICY_LEARN_TERMS_H
#define POLICY_LEARN_TERMS_H

#include <stdint.h>
#include <stdio.h>

enum { TERMS = 2 };

struct learn_term {
	unsigned arg;
	uint64_t mask; /* the bits that count; all: the argument as a whole */
};

struct learn_terms {
	const char *call;
	struct learn_term term[TERMS];
	unsigned nterms;
};

/* NULL: a call that is allowed or not as a whole. */
const struct learn_terms *learn_terms(const char *call);

/* "arg0 == AF_INET and arg1 & 0xf == SOCK_STREAM": true of these values, one for each term. */
void learn_write_terms(FILE *out, int nr, const struct learn_term *term, unsigned nterms,
		       const uint64_t *value);

#endif
