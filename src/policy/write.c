/* Policies as text, which is read as the same. */
#include "write.h"

#include "constants.h"
#include "errnos.h"

#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 100, TAB = 8, MAX_SET = 256 };

void write_begin(struct writer *writer, FILE *to)
{
	*writer = (struct writer){ .to = to, .cut = " \\\n\t", .indent = TAB };
}

void write_begin_comment(struct writer *writer, FILE *to)
{
	*writer = (struct writer){ .to = to, .cut = "\n# ", .indent = 2 };
	write_word(writer, "#");
}

void write_word(struct writer *writer, const char *fmt, ...)
{
	char word[512];
	unsigned len;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(word, sizeof(word), fmt, ap);
	va_end(ap);
	len = (unsigned)strlen(word);
	/* Room for the blank before it and for what cuts a line after it. */
	if (writer->column > writer->indent && writer->column + 1 + len + 2 > COLUMNS) {
		(void)fputs(writer->cut, writer->to);
		writer->column = writer->indent;
	} else if (writer->column) {
		(void)fputc(' ', writer->to);
		writer->column++;
	}
	(void)fputs(word, writer->to);
	writer->column += len;
}

void write_end(struct writer *writer)
{
	(void)fputc('\n', writer->to);
	writer->column = 0;
}

static const char *error_text(int error, char buf[32])
{
	const char *name = errno_name(error);

	if (name)
		return name;
	(void)snprintf(buf, 32, "%d", error);
	return buf;
}

const char *write_default(const struct policy_action *action, char buf[64])
{
	switch (action->act) {
	case POLICY_ALLOW:
		return "allow";
	case POLICY_LOG:
		return "log";
	case POLICY_TRAP:
		return "trap";
	case POLICY_KILL:
		return "kill";
	case POLICY_ERRNO:
		break;
	}
	return error_text(action->error, buf);
}

const char *write_action(const struct policy_action *action, char buf[64])
{
	char name[32];

	if (action->act != POLICY_ERRNO)
		return write_default(action, buf);
	(void)snprintf(buf, 64, "deny %s", error_text(action->error, name));
	return buf;
}

static bool is_equal(enum policy_op op)
{
	return op == POLICY_EQ || op == POLICY_MASKED_EQ;
}

static bool is_unequal(enum policy_op op)
{
	return op == POLICY_NE || op == POLICY_MASKED_NE;
}

static bool is_masked(const struct policy_test *test)
{
	return test->op == POLICY_MASKED_EQ || test->op == POLICY_MASKED_NE;
}

static const char *symbol(enum policy_op op)
{
	static const char *const symbols[] = {
		[POLICY_EQ] = "==",        [POLICY_NE] = "!=",        [POLICY_LT] = "<",
		[POLICY_LE] = "<=",        [POLICY_GT] = ">",         [POLICY_GE] = ">=",
		[POLICY_MASKED_EQ] = "==", [POLICY_MASKED_NE] = "!=",
	};

	return symbols[op];
}

static void write_argument(struct writer *writer, int nr, const struct policy_test *test)
{
	char text[256];

	write_word(writer, "arg%u", test->arg);
	if (is_masked(test))
		write_word(writer, "& %s",
			   policy_argument_text(nr, test->arg, test->mask, text, sizeof(text)));
}

/* Whether `in` and `not in` can say both at once. */
static bool alike(const struct policy_test *a, const struct policy_test *b)
{
	return a->arg == b->arg && a->op == b->op && a->mask == b->mask;
}

static void write_value(struct writer *writer, int nr, const struct policy_test *test,
			const char *before, const char *after)
{
	char text[256];

	write_word(writer, "%s%s%s", before,
		   policy_argument_text(nr, test->arg, test->value, text, sizeof(text)), after);
}

/* `and` of tests; != of one argument become `not in`. */
static void write_tests(struct writer *writer, const struct policy_rule *rule)
{
	for (unsigned i = 0; i < rule->ntests;) {
		const struct policy_test *test = &rule->test[i];
		unsigned n = 1;

		while (is_unequal(test->op) && i + n < rule->ntests && alike(test, test + n))
			n++;
		if (i)
			write_word(writer, "and");
		write_argument(writer, rule->nr, test);
		write_word(writer, "%s", n > 1 ? "not in" : symbol(test->op));
		for (unsigned j = 0; j < n; j++)
			write_value(writer, rule->nr, test + j, n > 1 && !j ? "{" : "",
				    n == 1       ? ""
				    : j + 1 == n ? "}"
						 : ",");
		i += n;
	}
}

/* How many rules from here on, backwards, one `in` says: readers have a limit. */
static size_t run_of_equals(const struct policy_rule *const *last, size_t n)
{
	const struct policy_test *test = &last[0]->test[0];
	size_t run = 1;

	if (last[0]->ntests != 1 || !is_equal(test->op))
		return 1;
	while (run < n && run < MAX_SET && last[-(ptrdiff_t)run]->ntests == 1 &&
	       alike(test, &last[-(ptrdiff_t)run]->test[0]))
		run++;
	return run;
}

static void write_set(struct writer *writer, const struct policy_rule *const *last, size_t n)
{
	write_argument(writer, last[0]->nr, &last[0]->test[0]);
	write_word(writer, "in");
	for (size_t i = 0; i < n; i++)
		write_value(writer, last[0]->nr, &last[-(ptrdiff_t)i]->test[0], i ? "" : "{",
			    i + 1 == n ? "}" : ",");
}

void write_condition(struct writer *writer, const struct policy_rule *const *rule, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!rule[i]->ntests)
			return;
	}
	write_word(writer, "if");
	for (size_t left = n; left;) {
		size_t run = run_of_equals(rule + left - 1, left);

		if (left < n)
			write_word(writer, "or");
		if (run == 1)
			write_tests(writer, rule[left - 1]);
		else
			write_set(writer, rule + left - 1, run);
		left -= run;
	}
}

/* A number may have a name in the one call and another in the other. */
static bool same_words(int a, int b, unsigned arg, uint64_t value)
{
	char one[256], other[256];

	return !strcmp(policy_argument_text(a, arg, value, one, sizeof(one)),
		       policy_argument_text(b, arg, value, other, sizeof(other)));
}

bool write_same(const struct flat *a, const struct flat *b)
{
	if (!flat_same(a, b))
		return false;
	for (size_t i = 0; i < a->n && a->nr != b->nr; i++) {
		const struct policy_rule *rule = a->rule[i];

		for (unsigned t = 0; t < rule->ntests; t++) {
			const struct policy_test *test = &rule->test[t];

			if (!same_words(a->nr, b->nr, test->arg, test->value) ||
			    (is_masked(test) && !same_words(a->nr, b->nr, test->arg, test->mask)))
				return false;
		}
	}
	return true;
}
