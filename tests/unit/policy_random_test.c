/* Policies that nobody would write: what show prints, and what is written as OCI JSON, means what
 * they mean; and so says diff. */
#include "names.h"
#include "oci.h"
#include "parse.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#include "random_policy.h"
#include "tap.h"

enum { POLICIES = 100, NUMBERS = 500, TRIES = 20, CHANGES = 5 };

static unsigned count_wrong(const struct policy *a, const struct policy *b)
{
	uint64_t args[POLICY_ARGS];
	unsigned wrong = 0;

	for (int nr = 0; nr < NUMBERS; nr++) {
		for (unsigned try = 0; try < TRIES && policy_call_name(nr); try++) {
			struct policy_action x, y;

			pick_args(args, a, nr);
			x = policy_eval(a, nr, args, NULL);
			y = policy_eval(b, nr, args, NULL);
			wrong += !policy_same_action(&x, &y);
		}
	}
	return wrong;
}

/* The text, to be freed, that a policy was read from again. */
static char *show_and_read(const struct policy *policy, struct policy *again)
{
	const struct policy_context context = { .kernel_major = 6 };
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	show_policy(policy, to);
	(void)fclose(to);
	policy_init(again, "again");
	tap_ok(policy_parse_text(again, "shown", text, &context) == 0,
	       "what is shown of %s is a policy", policy->name);
	return text;
}

static bool differ(const struct policy *a, const struct policy *b)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool found = diff_policies(a, b, to);

	(void)fclose(to);
	if (found == !size)
		tap_ok(false, "diff says what it found of %s", a->name);
	free(text);
	return found;
}

/* One that an OCI profile can say, too: its numbers without a name get one of two answers. */
static void check_oci(struct policy *policy)
{
	const struct policy_context context = { 0 };
	struct policy again;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int err;

	policy->unknown = (struct policy_action){ below(2) ? POLICY_ALLOW : POLICY_ERRNO, 0 };
	if (policy->unknown.act == POLICY_ERRNO)
		policy->unknown.error = ENOSYS;
	err = policy_write_oci(policy, to);
	(void)fclose(to);
	policy_init(&again, "again");
	if (!err) {
		err = policy_parse_oci(&again, "written", text, size, &context);
		tap_ok(!err && !differ(policy, &again), "%s doesn't differ as OCI JSON",
		       policy->name);
	}
	policy_finish(&again);
	free(text);
}

/* Some rule says something else. */
static void check_change(struct policy *policy, const struct policy *before)
{
	for (unsigned try = 0; try < CHANGES && policy->nrules; try++) {
		struct policy_rule *rule = &policy->rule[below((unsigned)policy->nrules)];

		if (!policy_call_name(rule->nr))
			continue;
		if (rule->ntests && below(2))
			rule->test[0].value ^= UINT64_C(1) << below(32);
		else
			rule->action = random_action();
		if (count_wrong(before, policy) && !differ(before, policy))
			tap_ok(false, "%s differs when it was changed", policy->name);
	}
}

int main(void)
{
	/* What has no form in OCI JSON is said each time. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	for (unsigned n = 0; n < POLICIES; n++) {
		struct policy policy, again;
		char *text;

		random_policy(&policy, n);
		make_sayable(&policy);
		text = show_and_read(&policy, &again);
		tap_ok(!count_wrong(&policy, &again), "the same as %s", policy.name);
		tap_ok(!differ(&policy, &again), "and doesn't differ");
		check_change(&again, &policy);
		check_oci(&policy);
		free(text);
		policy_finish(&again);
		policy_finish(&policy);
	}
	return tap_done();
}
