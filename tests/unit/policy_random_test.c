/* Policies that nobody would write: what show prints means what they mean. */
#include "names.h"
#include "parse.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#include "random_policy.h"
#include "tap.h"

enum { POLICIES = 150, NUMBERS = 500, TRIES = 20 };

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
			if (x.act == y.act && x.error == y.error)
				continue;
			if (wrong++ < 3)
				printf("# nr %d args %#lx %#lx %#lx %#lx %#lx %#lx: %d %d, then %d "
				       "%d\n",
				       nr, args[0], args[1], args[2], args[3], args[4], args[5],
				       (int)x.act, x.error, (int)y.act, y.error);
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

int main(void)
{
	for (unsigned n = 0; n < POLICIES; n++) {
		struct policy policy, again;
		char *text;

		random_policy(&policy, n);
		make_sayable(&policy);
		text = show_and_read(&policy, &again);
		tap_ok(!count_wrong(&policy, &again), "the same as %s", policy.name);
		free(text);
		policy_finish(&again);
		policy_finish(&policy);
	}
	return tap_done();
}
