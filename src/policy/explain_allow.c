/* The line that would allow a denied call, and what it would open. Pure. */
#include "explain.h"

#include "archname.h"
#include "constants.h"
#include "learn_terms.h"
#include "names.h"
#include "risky.h"
#include "width.h"

#include <errno.h>
#include <string.h>

/* One condition for each argument is enough; an argument that is tested as a whole somewhere has to
 * be given as a whole. */
static void add_term(struct learn_term *term, unsigned *nterms, unsigned arg, uint64_t mask)
{
	for (unsigned i = 0; i < *nterms; i++) {
		if (term[i].arg != arg)
			continue;
		term[i].mask |= mask;
		return;
	}
	term[(*nterms)++] = (struct learn_term){ arg, mask };
}

static void add_tests(struct learn_term *term, unsigned *nterms, const struct policy_rule *rule)
{
	for (unsigned i = 0; i < rule->ntests; i++) {
		const struct policy_test *test = &rule->test[i];
		bool masked = test->op == POLICY_MASKED_EQ || test->op == POLICY_MASKED_NE;

		add_term(term, nterms, test->arg, masked ? test->mask : UINT64_MAX);
	}
}

/* What the rule that denied it looked at; else what any rule for the call does, for one that allows
 * it under conditions may have failed; else what is telling of this call. */
static unsigned find_terms(struct learn_term term[POLICY_ARGS], const struct denial *denial)
{
	const struct verdict *verdict = denial->verdict;
	const struct learn_terms *usual = learn_terms(denial->call->call.name);
	const struct policy *policy = &verdict->by->policy;
	unsigned nterms = 0;

	if (verdict->rule)
		add_tests(term, &nterms, verdict->rule);
	for (size_t i = 0; i < policy->nrules && !nterms; i++) {
		if (policy->rule[i].nr == denial->call->call.nr)
			add_tests(term, &nterms, &policy->rule[i]);
	}
	for (unsigned i = 0; !nterms && usual && i < usual->nterms; i++)
		term[i] = usual->term[i];
	return nterms || !usual ? nterms : usual->nterms;
}

static void write_allow(FILE *out, const struct denial *denial)
{
	const struct decode_call *call = &denial->call->call;
	struct learn_term term[POLICY_ARGS];
	uint64_t value[POLICY_ARGS];
	unsigned nterms = find_terms(term, denial);

	for (unsigned i = 0; i < nterms; i++)
		value[i] = call->arg[term[i].arg];
	fprintf(out, "allow %s%s", call->name, nterms ? " if " : "");
	learn_write_terms(out, call->nr, term, nterms, value);
}

/* By a policy's text, so that a line more could say otherwise. */
static bool is_by_text(const struct denial *denial)
{
	return denial->verdict->by && denial->verdict->reason < VERDICT_HIDDEN &&
	       denial->call->call.name;
}

/* What it is asked for lies in memory, so it is allowed with namespaces or not at all. */
static bool is_clone3(const struct denial *denial)
{
	return is_by_text(denial) && !strcmp(denial->call->call.name, "clone3");
}

void explain_allow(char text[EXPLAIN_ALLOW], const struct denial *denial)
{
	FILE *out = fmemopen(text, EXPLAIN_ALLOW - 1, "w");

	text[0] = text[EXPLAIN_ALLOW - 1] = '\0';
	if (!out)
		return;
	if (denial->verdict->reason == VERDICT_ARCH)
		fprintf(out, "arch %s", archname_of(denial->call->arch));
	else if (is_by_text(denial) && !is_clone3(denial))
		write_allow(out, denial);
	/* Rather none than one that is cut. */
	if (fclose(out) == EOF)
		text[0] = '\0';
}

const char *explain_instead(const struct denial *denial)
{
	const struct policy_action *action = &denial->verdict->action;
	bool told = action->act == POLICY_ERRNO && action->error == ENOSYS;

	return is_clone3(denial) && !told ? "deny ENOSYS clone3" : NULL;
}

/* Whether an argument of this value is the risky one, or leads there. */
static bool is_at_risk(const struct risk *risk, int nr, const struct learn_term *term,
		       uint64_t value)
{
	uint64_t low = policy_width_low(nr, term->arg) ? UINT32_MAX : UINT64_MAX;
	uint64_t wanted = risk->args[term->arg] & term->mask & low;
	bool flags;

	value &= low;
	(void)policy_argument_prefix(nr, term->arg, &flags);
	if (!wanted)
		return true;
	if (!strcmp(risk->shown, risk->call))
		return value; /* all of the call is, but for what 0 asks for */
	return flags ? (value & wanted) == wanted : value == wanted;
}

const char *explain_risk(const struct denial *denial)
{
	const struct decode_call *call = &denial->call->call;
	struct learn_term term[POLICY_ARGS];
	const struct risk *risk;
	unsigned nterms;

	if (!is_by_text(denial))
		return NULL;
	nterms = find_terms(term, denial);
	for (unsigned i = 0; (risk = risky(i)); i++) {
		bool opens = !strcmp(risk->call, call->name);

		for (unsigned t = 0; opens && t < nterms; t++)
			opens = is_at_risk(risk, call->nr, &term[t],
					   call->arg[term[t].arg] & term[t].mask);
		if (opens)
			return risk->what;
	}
	return NULL;
}
