/* What all verbs that read policies have in common: their options, and their policies. */
#include "cradle.h"
#include "load.h"
#include "log.h"
#include "verbs.h"

#include <getopt.h>
#include <stdio.h>

static int read_options(int argc, char **argv, const char *usage, struct policy_context *context)
{
	static const struct option options[] = {
		CONTEXT_OPTIONS,
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		int taken = context_option(context, option);

		if (taken > 0)
			continue;
		if (option == 'h') {
			(void)fputs(usage, stdout);
			return 0;
		}
		if (!taken)
			log_error(option == ':' ? "%s needs a value: see cradle policy %s --help"
						: "unknown option %s: see cradle policy %s --help",
				  argv[optind - 1], argv[0]);
		return CRADLE_EXIT_FAILURE;
	}
	return -1;
}

int verb_policies(int argc, char **argv, const char *usage, struct policy_context *context, int n,
		  int (*tell)(const struct policy *policy, FILE *to))
{
	struct policy policy[2];
	int code = read_options(argc, argv, usage, context);

	if (code >= 0)
		return code;
	if (argc - optind != n) {
		log_error("cradle policy %s: expected %s, see --help", argv[0],
			  n == 1 ? "one POLICY" : "two policies");
		return CRADLE_EXIT_FAILURE;
	}
	for (int i = 0; i < n; i++) {
		if (policy_load(&policy[i], argv[optind + i], context) < 0) {
			while (i >= 0)
				policy_finish(&policy[i--]);
			return CRADLE_EXIT_FAILURE;
		}
	}
	code = tell(policy, stdout);
	for (int i = 0; i < n; i++)
		policy_finish(&policy[i]);
	return code;
}
