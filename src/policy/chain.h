/* chain.h - all that a policy says about one system call. */
#ifndef POLICY_CHAIN_H
#define POLICY_CHAIN_H

#include "code.h"
#include "policy.h"

/* Of the rules with conditions the strongest comes first; last holds if none of them does. */
struct chain {
	int nr;
	const struct policy_rule *const *rule;
	size_t nrules;
	struct policy_action last;
};

struct chains {
	const struct policy_rule **rule; /* what those of the chains point into */
	struct chain *chain;
	size_t nchains;
};

/* One chain for each call that a rule names, by number. Without memory the program ends. */
void chains_make(struct chains *chains, const struct policy *policy);
void chains_finish(struct chains *chains);

/* NULL: no rule names that call. */
const struct chain *chains_find(const struct chains *chains, int nr);

/* What the arguments can't be told apart for gets the strictest action that any could get. */
struct policy_action chain_strictest(const struct chain *chain);

/* Append code that decides by the arguments. narrow: the architecture's words have 32 bits. */
void chain_emit(struct code *code, const struct chain *chain, bool narrow);

#endif
