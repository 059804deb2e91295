/* cradle policy diff: for which calls two policies differ, and how. */
#include "arch.h"
#include "archname.h"
#include "memory.h"
#include "names.h"
#include "verbs.h"
#include "write.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A call's two answers. */
struct pair {
	struct flat a, b;
	bool done;
};

struct pairs {
	struct pair *pair;
	size_t n;
};

/* "deny EPERM if arg1 == TIOCSTI, else allow": the rule that is asked first comes first. */
static void write_flat(const struct flat *flat, const char *sign, FILE *to)
{
	struct writer writer;
	char text[64];

	write_begin(&writer, to);
	write_word(&writer, "%s", sign);
	for (size_t begin = 0; begin < flat->n;) {
		size_t end = begin + 1;

		while (end < flat->n &&
		       policy_same_action(&flat->rule[begin]->action, &flat->rule[end]->action))
			end++;
		write_word(&writer, "%s", write_action(&flat->rule[begin]->action, text));
		write_condition(&writer, flat->rule + begin, end - begin);
		write_word(&writer, "else");
		begin = end;
	}
	write_word(&writer, "%s", write_action(&flat->action, text));
	write_end(&writer);
}

static void collect(const struct policy *a, const struct policy *b, struct pairs *pairs)
{
	int nr = INT_MIN;

	while (policy_next_call(&nr, a->narchs || b->narchs)) {
		struct pair pair = { .done = false };

		flat_make(a, nr, &pair.a);
		flat_make(b, nr, &pair.b);
		if (flat_equal(&pair.a, &pair.b)) {
			flat_finish(&pair.a);
			flat_finish(&pair.b);
			continue;
		}
		pairs->pair = memory_grow(pairs->pair, pairs->n + 1, sizeof(pair));
		pairs->pair[pairs->n++] = pair;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(policy_call_name(((const struct pair *)a)->a.nr),
		      policy_call_name(((const struct pair *)b)->a.nr));
}

/* Calls that differ in the same way are one paragraph. */
static void write_pairs(struct pairs *pairs, FILE *to)
{
	qsort(pairs->pair, pairs->n, sizeof(pairs->pair[0]), by_name);
	for (size_t i = 0; i < pairs->n; i++) {
		struct pair *pair = &pairs->pair[i];
		struct writer writer;

		if (pair->done)
			continue;
		write_begin(&writer, to);
		for (size_t j = i; j < pairs->n; j++) {
			struct pair *other = &pairs->pair[j];

			if (other->done || !write_same(&pair->a, &other->a) ||
			    !write_same(&pair->b, &other->b))
				continue;
			other->done = true;
			write_word(&writer, "%s", policy_call_name(other->a.nr));
		}
		write_end(&writer);
		write_flat(&pair->a, "-", to);
		write_flat(&pair->b, "+", to);
	}
}

static bool write_default_pair(const char *word, const struct policy_action *a,
			       const struct policy_action *b, FILE *to)
{
	char one[64], other[64];

	if (policy_same_action(a, b))
		return false;
	(void)fprintf(to, "- %s %s\n+ %s %s\n", word, write_default(a, one), word,
		      write_default(b, other));
	return true;
}

/* Without those whose programs this machine's kernel can't run. */
static bool write_archs(const struct policy *a, const struct policy *b, char sign, FILE *to)
{
	bool differ = false;

	for (unsigned i = 0; i < a->narchs; i++) {
		unsigned j = 0;

		while (j < b->narchs && b->arch[j] != a->arch[i])
			j++;
		if (j < b->narchs || !arch_is_foreign(a->arch[i]))
			continue;
		(void)fprintf(to, "%c arch %s\n", sign, archname_of(a->arch[i]));
		differ = true;
	}
	return differ;
}

/* Calls that a rule names with what default would say are as if nobody had named them: what default
 * is matters where it decides. */
static bool default_matters(const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++) {
		if (!pairs->pair[i].a.decides || !pairs->pair[i].b.decides)
			return true;
	}
	return false;
}

bool diff_policies(const struct policy *a, const struct policy *b, FILE *to)
{
	struct pairs pairs = { 0 };
	bool differ = false;

	collect(a, b, &pairs);
	if (default_matters(&pairs))
		(void)write_default_pair("default", &a->otherwise, &b->otherwise, to);
	differ |= write_default_pair("unknown", &a->unknown, &b->unknown, to);
	differ |= write_archs(a, b, '-', to);
	differ |= write_archs(b, a, '+', to);
	if (pairs.n)
		write_pairs(&pairs, to);
	differ |= pairs.n;
	for (size_t i = 0; i < pairs.n; i++) {
		flat_finish(&pairs.pair[i].a);
		flat_finish(&pairs.pair[i].b);
	}
	free(pairs.pair);
	return differ;
}

static const char usage[] =
	"usage: cradle policy diff [--cap CAP]... [--kernel X.Y] A B\n"
	"\n"
	"Prints the calls that two policies treat differently: - is what A says, + what B says.\n"
	"The exit code is 0 if they are the same, 1 if they aren't.\n"
	"\n"
	"      --cap CAP     a capability that the agent keeps; repeatable\n"
	"      --kernel X.Y  the kernel it runs on (this one)\n"
	"  -h, --help        this text\n";

static int tell(const struct policy *policy, FILE *to)
{
	return diff_policies(&policy[0], &policy[1], to);
}

int verb_diff(int argc, char **argv)
{
	struct policy_context context = { 0 };

	return verb_policies(argc, argv, usage, &context, 2, tell);
}
