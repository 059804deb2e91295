/* Sort a policy's rules by call. May do nothing but compute. */
#include "chain.h"

#include "memory.h"

#include <stdlib.h>

static int by_call_strongest_first(const void *a, const void *b)
{
	const struct policy_rule *x = *(const struct policy_rule *const *)a;
	const struct policy_rule *y = *(const struct policy_rule *const *)b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x > y ? -1 : x < y;
}

/* Cut what can't matter: rules under one without a condition, and the weakest ones while they say
 * the same as what comes after them. A call that is left without conditions costs nothing, as the
 * kernel then knows its answer beforehand (seccomp_cache_prepare() in kernel/seccomp.c). */
static void cut(struct chain *chain, size_t nrules, struct policy_action otherwise)
{
	chain->last = otherwise;
	while (chain->nrules < nrules && chain->rule[chain->nrules]->ntests)
		chain->nrules++;
	if (chain->nrules < nrules)
		chain->last = chain->rule[chain->nrules]->action;
	while (chain->nrules &&
	       policy_same_action(&chain->rule[chain->nrules - 1]->action, &chain->last))
		chain->nrules--;
}

void chains_make(struct chains *chains, const struct policy *policy)
{
	size_t next;

	*chains = (struct chains){ 0 };
	chains->rule = memory_grow(NULL, policy->nrules + 1, sizeof(chains->rule[0]));
	chains->chain = memory_grow(NULL, policy->nrules + 1, sizeof(chains->chain[0]));
	for (size_t i = 0; i < policy->nrules; i++)
		chains->rule[i] = &policy->rule[i];
	qsort(chains->rule, policy->nrules, sizeof(chains->rule[0]), by_call_strongest_first);
	for (size_t i = 0; i < policy->nrules; i = next) {
		struct chain *chain = &chains->chain[chains->nchains++];

		for (next = i; next < policy->nrules; next++) {
			if (chains->rule[next]->nr != chains->rule[i]->nr)
				break;
		}
		*chain = (struct chain){ .nr = chains->rule[i]->nr, .rule = &chains->rule[i] };
		cut(chain, next - i, policy->otherwise);
	}
}

static int by_call(const void *nr, const void *chain)
{
	int a = *(const int *)nr, b = ((const struct chain *)chain)->nr;

	return a < b ? -1 : a > b;
}

const struct chain *chains_find(const struct chains *chains, int nr)
{
	return bsearch(&nr, chains->chain, chains->nchains, sizeof(chains->chain[0]), by_call);
}

void chains_finish(struct chains *chains)
{
	free(chains->rule);
	free(chains->chain);
	*chains = (struct chains){ 0 };
}

struct policy_action chain_strictest(const struct chain *chain)
{
	struct policy_action strictest = chain->last;

	for (size_t i = 0; i < chain->nrules; i++) {
		if (chain->rule[i]->action.act > strictest.act)
			strictest = chain->rule[i]->action;
	}
	return strictest;
}
