/* May only write to the stream it is given. */
#include "pfc.h"

#include "arch.h"
#include "archname.h"
#include "chain.h"
#include "names.h"

#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>

static void write_action(FILE *to, const char *indent, struct policy_action action)
{
	static const char *const names[] = { [POLICY_ALLOW] = "ALLOW",
					     [POLICY_LOG] = "LOG",
					     [POLICY_ERRNO] = "ERRNO",
					     [POLICY_TRAP] = "TRAP",
					     [POLICY_KILL] = "KILL_PROCESS" };

	if (action.act == POLICY_ERRNO)
		(void)fprintf(to, "%saction ERRNO(%d);\n", indent, action.error);
	else
		(void)fprintf(to, "%saction %s;\n", indent, names[action.act]);
}

static void write_test(FILE *to, const struct policy_test *test)
{
	static const char *const ops[] = {
		[POLICY_EQ] = "==", [POLICY_NE] = "!=", [POLICY_LT] = "<",
		[POLICY_LE] = "<=", [POLICY_GT] = ">",  [POLICY_GE] = ">="
	};
	const char *half = test->low ? ".lo32" : "";

	if (test->op == POLICY_MASKED_EQ || test->op == POLICY_MASKED_NE)
		(void)fprintf(to, "($a%u%s & 0x%" PRIx64 ") %s 0x%" PRIx64, test->arg, half,
			      test->mask, test->op == POLICY_MASKED_EQ ? "==" : "!=", test->value);
	else
		(void)fprintf(to, "$a%u%s %s 0x%" PRIx64, test->arg, half, ops[test->op],
			      test->value);
}

static void write_chain(FILE *to, const struct chain *chain)
{
	(void)fprintf(to, "  # %s\n  if ($syscall == %d)\n", policy_call_name(chain->nr),
		      chain->nr);
	for (size_t i = 0; i < chain->nrules; i++) {
		const struct policy_rule *rule = chain->rule[i];

		(void)fputs("    if (", to);
		for (unsigned t = 0; t < rule->ntests; t++) {
			(void)fputs(t ? " && " : "", to);
			write_test(to, &rule->test[t]);
		}
		(void)fputs(")\n", to);
		write_action(to, "      ", rule->action);
	}
	write_action(to, "    ", chain->last);
}

int policy_write_pfc(const struct policy *policy, FILE *to)
{
	struct chains chains;

	chains_make(&chains, policy);
	(void)fprintf(to, "#\n# pseudo filter code start\n#\n# %s\nif ($arch == %u)\n",
		      archname_of(seccomp_arch_native()), seccomp_arch_native());
	for (size_t i = 0; i < chains.nchains; i++) {
		if (chains.chain[i].nr >= 0)
			write_chain(to, &chains.chain[i]);
	}
	(void)fputs("  # numbers that nobody knows\n  if ($syscall is unknown)\n", to);
	write_action(to, "    ", policy->unknown);
	(void)fputs("  # default action\n", to);
	write_action(to, "  ", policy->otherwise);
	for (unsigned i = 0; i < policy->narchs; i++) {
		if (arch_is_foreign(policy->arch[i]))
			(void)fprintf(to,
				      "# the same calls by their numbers there\nif ($arch is %s)\n "
				      " ...\n",
				      archname_of(policy->arch[i]));
	}
	(void)fputs("# invalid architecture action\naction KILL_PROCESS;\n#\n# pseudo filter code "
		    "end\n#\n",
		    to);
	chains_finish(&chains);
	return ferror(to) ? -EIO : 0;
}
