/* cradle policy check: what is wrong with a policy, and what it doesn't prevent. */
#include "archname.h"
#include "compile.h"
#include "cradle.h"
#include "flat.h"
#include "memory.h"
#include "names.h"
#include "risky.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

static bool same_place(const struct policy_where *a, const struct policy_where *b)
{
	return a->line == b->line && a->column == b->column && !strcmp(a->file, b->file);
}

/* The rule by which this one never decides, or NULL. Another alternative of the same line is none:
 * `in {1, 1}` is clumsy, not wrong. */
static const struct policy_rule *shadow_of(const struct policy *policy, size_t i)
{
	const struct policy_rule *rule = &policy->rule[i];

	for (size_t j = policy->nrules; j-- > i + 1;) {
		const struct policy_rule *later = &policy->rule[j];

		if (later->nr == rule->nr && later->where.file && flat_covers(later, rule) &&
		    !same_place(&later->where, &rule->where))
			return later;
	}
	return NULL;
}

/* A word of a line makes several rules: calls of a group, alternatives. It is shadowed if all are.
 */
static const struct policy_rule *word_shadow(const struct policy *policy, size_t from, size_t to)
{
	const struct policy_rule *last = NULL;

	for (size_t i = from; i < to; i++) {
		const struct policy_rule *shadow = shadow_of(policy, i);

		if (!shadow)
			return NULL;
		last = shadow;
	}
	return last;
}

static size_t end_of_word(const struct policy *policy, size_t from)
{
	size_t to = from + 1;

	while (to < policy->nrules && policy->rule[to].where.file &&
	       same_place(&policy->rule[from].where, &policy->rule[to].where))
		to++;
	return to;
}

static void tell_word(const char *own, const struct policy_rule *rule, bool group,
		      const struct policy_rule *shadow, FILE *to)
{
	(void)fprintf(to, "%s:%u:%u: %s never decides: ", own, rule->where.line, rule->where.column,
		      group ? "the group" : policy_call_name(rule->nr));
	if (!strcmp(shadow->where.file, own))
		(void)fprintf(to, "line %u", shadow->where.line);
	else
		(void)fprintf(to, "%s:%u", shadow->where.file, shadow->where.line);
	(void)fprintf(to, " has the last word: %s\n", shadow->where.text);
}

/* To put other rules behind those of an included file is what including is for, so only the
 * policy's own lines count. Returns how many there are. */
static unsigned tell_shadowed(const struct policy *policy, FILE *to)
{
	const char *own = policy->ninputs ? policy->input[0].path : NULL;
	unsigned found = 0;

	for (size_t i = 0; own && i < policy->nrules;) {
		const struct policy_rule *rule = &policy->rule[i];
		const struct policy_rule *shadow;
		size_t end;

		/* A profile in JSON has no words, and an order of its own. */
		if (!rule->where.column || strcmp(rule->where.file, own)) {
			i++;
			continue;
		}
		end = end_of_word(policy, i);
		shadow = word_shadow(policy, i, end);
		if (shadow) {
			found++;
			tell_word(own, rule, rule[end - i - 1].nr != rule->nr, shadow, to);
		}
		i = end;
	}
	return found;
}

static bool same_line(const struct policy_where *a, const struct policy_where *b)
{
	return a->file && b->file && a->text == b->text;
}

static bool is_shipped(const struct policy *policy, const char *file)
{
	for (size_t i = 0; i < policy->ninputs; i++) {
		if (policy->input[i].shipped && !strcmp(policy->input[i].path, file))
			return true;
	}
	return false;
}

/* `deny umount` says nothing on x86_64, whose umount is called umount2: the author thinks it does.
 * A line that also has native calls was written for several architectures, as ours are. */
static void tell_foreign(const struct policy *policy, FILE *to)
{
	for (size_t i = 0; i < policy->nrules && !policy->narchs;) {
		const struct policy_rule *rule = &policy->rule[i];
		bool native = false;

		do
			native |= policy->rule[i].nr >= 0;
		while (++i < policy->nrules && same_line(&rule->where, &policy->rule[i].where));
		if (!native && rule->where.file && !is_shipped(policy, rule->where.file))
			(void)fprintf(to, "%s:%u:%u: %s: only other architectures have this call\n",
				      rule->where.file, rule->where.line, rule->where.column,
				      policy_call_name(rule->nr));
	}
}

static void tell_risky(const struct policy *policy, FILE *to)
{
	const struct risk *risk;
	bool any = false;

	for (unsigned i = 0; (risk = risky(i)); i++) {
		const struct policy_rule *rule;
		struct policy_action action;
		int nr = policy_call_number(risk->call);

		if (nr < 0)
			continue;
		action = policy_eval(policy, nr, risk->args, &rule);
		if (action.act != POLICY_ALLOW && action.act != POLICY_LOG)
			continue;
		if (!any)
			(void)fprintf(to, "still allowed:\n");
		any = true;
		(void)fprintf(to, "  %-28s %s", risk->shown, risk->what);
		if (rule && rule->where.file)
			(void)fprintf(to, " (%s:%u)", rule->where.file, rule->where.line);
		(void)fputc('\n', to);
	}
	for (unsigned i = 0; i < policy->narchs; i++)
		(void)fprintf(to, "%s  %-28s calls of another architecture, with other arguments\n",
			      any || i ? "" : "still allowed:\n", archname_of(policy->arch[i]));
}

static bool lets_start(const struct policy *policy, uint64_t pointer)
{
	const uint64_t args[POLICY_ARGS] = { pointer, pointer, pointer };
	struct policy_action action = policy_eval(policy, policy_call_number("execve"), args, NULL);

	return action.act == POLICY_ALLOW || action.act == POLICY_LOG;
}

/* It is loaded before the program is executed, by execve(2) with pointers that nobody knows. A
 * launch refuses what is refused with these two. */
static bool tell_unstartable(const struct policy *policy, FILE *to)
{
	if (lets_start(policy, 0) || lets_start(policy, UINT64_MAX))
		return false;
	(void)fprintf(to, "nothing can be started under it: expected allow execve\n");
	return true;
}

bool check_policy(const struct policy *policy, FILE *to)
{
	unsigned found = tell_shadowed(policy, to) + tell_unstartable(policy, to);

	tell_foreign(policy, to);
	tell_risky(policy, to);
	return found;
}

static const char usage[] =
	"usage: cradle policy check [--cap CAP]... [--kernel X.Y] POLICY\n"
	"\n"
	"Prints what is wrong with a policy, the words of it that never decide as later lines say\n"
	"otherwise, whether anything can be started under it, and which risky calls it still\n"
	"allows. The exit code is 0, or 1 if there are words that never decide or nothing can be\n"
	"started, or 125 if the policy can't be read or compiled.\n"
	"\n"
	"      --cap CAP     a capability that the agent keeps; repeatable\n"
	"      --kernel X.Y  the kernel it runs on (this one)\n"
	"  -h, --help        this text\n";

/* Compiled as well, for only that tells whether the kernel takes it. */
static int tell(const struct policy *policy, FILE *to)
{
	struct policy_program program;
	bool found = check_policy(policy, to);
	int err = policy_compile(policy, &program);

	policy_program_finish(&program);
	return err ? CRADLE_EXIT_FAILURE : found;
}

int verb_check(int argc, char **argv)
{
	struct policy_context context = { .notes = stdout };

	return verb_policies(argc, argv, usage, &context, 1, tell);
}
