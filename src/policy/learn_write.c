/* What was learnt as a policy. Pure: counts in, text out. */
#include "learn_write.h"

#include "archname.h"
#include "constants.h"
#include "learn_choose.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

enum { COMMENT = 48, WIDEST = 88 };

const char learn_mark[] = "# Learnt by cradle policy learn";

/* A line, and how often its calls came. */
__attribute__((format(printf, 3, 4))) static void write_line(FILE *out, unsigned long count,
							     const char *fmt, ...)
{
	char text[512];
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	__builtin_va_end(ap);
	fprintf(out, "%-*s # %lu time%s\n", COMMENT - 1, text, count, count == 1 ? "" : "s");
}

static void write_groups(FILE *out, const struct learn_record *record,
			 const struct learn_choice *choice)
{
	struct learn_choice one = { .ngroups = 1 }, before = { .ngroups = 0 };

	for (unsigned i = 0; i < choice->ngroups; i++) {
		unsigned long count = 0;

		one.group[0] = choice->group[i];
		for (size_t u = 0; u < record->nuses; u++) {
			int nr = record->use[u].nr;

			if (learn_is_chosen(&one, nr) && !learn_is_chosen(&before, nr))
				learn_add(&count, record->use[u].count);
		}
		before.group[before.ngroups++] = choice->group[i];
		write_line(out, count, "allow %s", choice->group[i]->name);
	}
}

/* In one line, as the program may have asked for none of them. */
static void write_baseline(FILE *out, const struct learn_record *record,
			   const struct learn_choice *choice)
{
	char text[256] = "allow";
	unsigned long count = 0;

	for (size_t i = 0; learn_baseline[i]; i++) {
		int nr = policy_call_number(learn_baseline[i]);
		size_t len = strlen(text);

		if (nr < 0 || learn_is_chosen(choice, nr))
			continue;
		(void)snprintf(text + len, sizeof(text) - len, " %s", learn_baseline[i]);
		for (size_t u = 0; u < record->nuses; u++)
			learn_add(&count, record->use[u].nr == nr ? record->use[u].count : 0);
	}
	if (strcmp(text, "allow") != 0)
		write_line(out, count, "%s", text);
}

static bool in_baseline(const char *name)
{
	for (size_t i = 0; learn_baseline[i]; i++) {
		if (!strcmp(learn_baseline[i], name))
			return true;
	}
	return false;
}

/* All uses of a call whose one argument counts as a whole: `in` as long as a line has room. Returns
 * how many were written. */
static size_t write_set(FILE *out, const struct learn_use *use, size_t n, unsigned arg)
{
	char text[400], word[256];
	unsigned long count = 0;
	size_t done = 0, len;

	(void)snprintf(text, sizeof(text), "allow %s if arg%u in {", policy_call_name(use->nr),
		       arg);
	for (; done < n; done++) {
		(void)policy_argument_text(use->nr, arg, use[done].value[0], word, sizeof(word));
		len = strlen(text);
		if (done && len + strlen(word) > WIDEST)
			break;
		(void)snprintf(text + len, sizeof(text) - len, "%s%s", done ? ", " : "", word);
		learn_add(&count, use[done].count);
	}
	if (done == 1)
		write_line(out, count, "allow %s if arg%u == %s", policy_call_name(use->nr), arg,
			   policy_argument_text(use->nr, arg, use->value[0], word, sizeof(word)));
	else
		write_line(out, count, "%s}", text);
	return done;
}

static void write_condition(FILE *out, const struct learn_use *use, const struct learn_terms *terms)
{
	char text[400];
	FILE *condition = fmemopen(text, sizeof(text) - 1, "w");

	memset(text, 0, sizeof(text));
	if (!condition)
		abort();
	learn_write_terms(condition, use->nr, terms->term, terms->nterms, use->value);
	(void)fclose(condition);
	write_line(out, use->count, "allow %s if %s", policy_call_name(use->nr), text);
}

static void write_call(FILE *out, const struct learn_use *use, size_t n)
{
	const char *name = policy_call_name(use->nr);
	const struct learn_terms *terms = learn_terms(name);

	if (!terms) {
		write_line(out, use->count, "allow %s", name);
	} else if (terms->nterms == 1 && terms->term[0].mask == UINT64_MAX) {
		for (size_t done = 0; done < n;)
			done += write_set(out, use + done, n - done, terms->term[0].arg);
	} else {
		for (size_t i = 0; i < n; i++)
			write_condition(out, &use[i], terms);
	}
}

static void write_calls(FILE *out, const struct learn_record *record,
			const struct learn_choice *choice)
{
	for (size_t i = 0, n; i < record->nuses; i += n) {
		const struct learn_use *use = &record->use[i];

		for (n = 1; i + n < record->nuses && use[n].nr == use->nr; n++)
			;
		if (!learn_is_chosen(choice, use->nr) && !in_baseline(policy_call_name(use->nr)))
			write_call(out, use, n);
	}
}

static void write_head(FILE *out, const struct learn_record *record)
{
	fprintf(out,
		"%s in %lu run%s.\n"
		"# Behind each line: how often its calls came. --merge adds another run, and keeps "
		"lines\n"
		"# without a number as they are, below the others, so that they win.\n",
		learn_mark, record->runs, record->runs == 1 ? "" : "s");
	fprintf(out, "%s\n", record->otherwise ? record->otherwise : "default EPERM");
	for (unsigned i = 0; i < record->narchs; i++)
		fprintf(out, "arch %s\n", archname_of(record->arch[i]));
	fputc('\n', out);
}

void learn_write(FILE *out, struct learn_record *record)
{
	struct learn_choice choice;
	int clone3 = policy_call_number("clone3");
	bool allowed = false;

	learn_choose(&choice, record);
	learn_sort(record);
	for (size_t i = 0; i < record->nuses; i++)
		allowed |= record->use[i].nr == clone3;
	write_head(out, record);
	write_groups(out, record, &choice);
	write_baseline(out, record, &choice);
	write_calls(out, record, &choice);
	/* A filter can't see its flags, and libc makes do with clone(2). */
	if (record->hidden && !allowed)
		write_line(out, record->hidden, "deny ENOSYS clone3");
	if (record->kept_len)
		fprintf(out, "\n%s", record->kept);
}
