/* cradle policy show: a policy with everything resolved, as one that says the same. */
#include "archname.h"
#include "memory.h"
#include "names.h"
#include "verbs.h"
#include "write.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What is said about all calls, and which of it has been written. */
struct table {
	struct flat *flat;
	bool *done;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(policy_call_name(((const struct flat *)a)->nr),
		      policy_call_name(((const struct flat *)b)->nr));
}

static void fill(struct table *table, const struct policy *policy)
{
	int nr = INT_MIN;

	while (policy_next_call(&nr, policy->narchs)) {
		table->flat = memory_grow(table->flat, table->n + 1, sizeof(table->flat[0]));
		flat_make(policy, nr, &table->flat[table->n++]);
	}
	qsort(table->flat, table->n, sizeof(table->flat[0]), by_name);
	table->done = memory_grow(NULL, table->n, sizeof(table->done[0]));
	for (size_t i = 0; i < table->n; i++)
		table->done[i] = flat_is_default(policy, &table->flat[i]);
}

static void finish(struct table *table)
{
	for (size_t i = 0; i < table->n; i++)
		flat_finish(&table->flat[i]);
	free(table->flat);
	free(table->done);
}

static void write_names(struct writer *writer, const struct table *table, size_t like)
{
	for (size_t i = like; i < table->n; i++) {
		if (!table->done[i] && write_same(&table->flat[like], &table->flat[i]))
			write_word(writer, "%s", policy_call_name(table->flat[i].nr));
	}
}

static void mark(struct table *table, size_t like)
{
	for (size_t i = table->n; i-- > like;) {
		if (write_same(&table->flat[like], &table->flat[i]))
			table->done[i] = true;
	}
}

/* The weakest first, as the last rule that matches wins. Rules of one action that follow each
 * other are one line. */
static void write_rules(struct writer *writer, const struct table *table, size_t like)
{
	const struct flat *flat = &table->flat[like];
	char text[64];

	for (size_t end = flat->n; end;) {
		size_t begin = end - 1;

		while (begin && policy_same_action(&flat->rule[begin - 1]->action,
						   &flat->rule[end - 1]->action))
			begin--;
		write_word(writer, "%s", write_action(&flat->rule[begin]->action, text));
		write_names(writer, table, like);
		write_condition(writer, flat->rule + begin, end - begin);
		write_end(writer);
		end = begin;
	}
}

/* Whether the calls' last word is what the policy's default says, and needs no line. */
static bool last_word_is_default(const struct policy *policy, const struct flat *flat)
{
	return policy_same_action(&flat->action, &policy->otherwise) &&
	       (flat->n || flat->nr < POLICY_NEWER);
}

static void write_all(struct table *table, const struct policy *policy, bool with_tests, FILE *to)
{
	struct writer writer;
	char text[64];

	write_begin(&writer, to);
	for (size_t i = 0; i < table->n; i++) {
		const struct flat *flat = &table->flat[i];

		if (table->done[i] || !flat->n == with_tests)
			continue;
		if (!last_word_is_default(policy, flat)) {
			write_word(&writer, "%s", write_action(&flat->action, text));
			write_names(&writer, table, i);
			write_end(&writer);
		}
		write_rules(&writer, table, i);
		mark(table, i);
	}
}

/* For people: what isn't named. */
static void write_defaults(const struct table *table, const struct policy *policy, bool newer,
			   FILE *to)
{
	const struct policy_action *action = newer ? &policy->unknown : &policy->otherwise;
	struct writer writer;
	bool any = false;
	char text[64];

	for (size_t i = 0; i < table->n; i++) {
		const struct flat *flat = &table->flat[i];

		if (!flat_is_default(policy, flat) || (flat->nr >= POLICY_NEWER) != newer)
			continue;
		if (!any) {
			(void)fputc('\n', to);
			write_begin_comment(&writer, to);
			write_word(&writer, "%s by %s:", write_default(action, text),
				   newer ? "unknown, like every number without a name" : "default");
		}
		any = true;
		write_word(&writer, "%s", policy_call_name(flat->nr));
	}
	if (any)
		write_end(&writer);
}

void show_policy(const struct policy *policy, FILE *to)
{
	struct table table = { 0 };
	char text[64];

	fill(&table, policy);
	(void)fprintf(to, "default %s\n", write_default(&policy->otherwise, text));
	(void)fprintf(to, "unknown %s\n", write_default(&policy->unknown, text));
	for (unsigned i = 0; i < policy->narchs; i++)
		(void)fprintf(to, "arch %s\n", archname_of(policy->arch[i]));
	(void)fputc('\n', to);
	write_all(&table, policy, false, to);
	write_all(&table, policy, true, to);
	write_defaults(&table, policy, false, to);
	write_defaults(&table, policy, true, to);
	finish(&table);
}

static const char usage[] =
	"usage: cradle policy show [--cap CAP]... [--kernel X.Y] POLICY\n"
	"\n"
	"Prints the policy with groups, includes, CAP_ and kernel terms resolved: every call with\n"
	"what happens to it, as a policy that says the same. POLICY is a shipped name or a file,\n"
	"text or OCI JSON.\n"
	"\n"
	"      --cap CAP     a capability that the agent keeps; repeatable\n"
	"      --kernel X.Y  the kernel it runs on (this one)\n"
	"  -h, --help        this text\n";

static int tell(const struct policy *policy, FILE *to)
{
	show_policy(policy, to);
	return 0;
}

int verb_show(int argc, char **argv)
{
	struct policy_context context = { 0 };

	return verb_policies(argc, argv, usage, &context, 1, tell);
}
