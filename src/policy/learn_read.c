/* A learnt file read back, to be merged with another run. Pure, but for what its lines include. */
#include "learn_write.h"

#include "log.h"
#include "names.h"
#include "parse.h"
#include "source.h"
#include "util.h"
#include "width.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct line {
	const char *text;
	size_t len;
	unsigned number;
	unsigned long count;
};

static bool is_rest(const char *from, const char *to, const char *word)
{
	return to - from == (ptrdiff_t)strlen(word) && !strncmp(from, word, strlen(word));
}

/* "# 12 times" at its end. */
static bool read_count(struct line *line)
{
	const char *last = line->text + line->len;
	size_t at = line->len;
	char *end;

	while (at && line->text[at - 1] != '#')
		at--;
	if (!at)
		return false;
	while (at < line->len && isblank((unsigned char)line->text[at]))
		at++;
	/* strtoul(3) takes a sign as well. */
	if (at == line->len || !isdigit((unsigned char)line->text[at]))
		return false;
	line->count = strtoul(line->text + at, &end, 10);
	return is_rest(end, last, " time") || is_rest(end, last, " times");
}

static bool is_of(const struct policy *policy, const struct policy_rule *rule, unsigned line)
{
	return rule->where.line == line && rule->where.file &&
	       !strcmp(rule->where.file, policy->name);
}

/* The arguments that a rule of ours allows; false: somebody has changed it. */
static bool take_arguments(const struct policy_rule *rule, uint64_t args[POLICY_ARGS])
{
	const char *name = policy_call_name(rule->nr);
	const struct learn_terms *terms = name ? learn_terms(name) : NULL;

	memset(args, 0, POLICY_ARGS * sizeof(args[0]));
	if (!name || rule->action.act != POLICY_ALLOW ||
	    rule->ntests != (terms ? terms->nterms : 0))
		return false;
	for (unsigned i = 0; i < rule->ntests; i++) {
		const struct policy_test *test = &rule->test[i];
		bool whole = terms->term[i].mask == UINT64_MAX;

		if (test->arg != terms->term[i].arg ||
		    test->op != (whole ? POLICY_EQ : POLICY_MASKED_EQ) ||
		    (!whole && test->mask != terms->term[i].mask))
			return false;
		args[test->arg] = test->value;
	}
	return true;
}

static bool is_hidden(const struct policy_rule *rule)
{
	return rule->nr == policy_call_number("clone3") && rule->action.act == POLICY_ERRNO &&
	       rule->action.error == ENOSYS && !rule->ntests;
}

/* False if the line isn't one that we'd write. */
static bool take_line(struct learn_record *record, const struct policy *policy,
		      const struct line *line)
{
	unsigned long count = line->count;
	uint64_t args[POLICY_ARGS];
	bool any = false;

	for (size_t i = 0; i < policy->nrules; i++) {
		const struct policy_rule *rule = &policy->rule[i];

		if (!is_of(policy, rule, line->number))
			continue;
		if (!is_hidden(rule) && !take_arguments(rule, args))
			return false;
		any = true;
	}
	for (size_t i = 0; i < policy->nrules; i++) {
		const struct policy_rule *rule = &policy->rule[i];

		if (!is_of(policy, rule, line->number))
			continue;
		if (is_hidden(rule)) {
			learn_add(&record->hidden, count);
		} else {
			(void)take_arguments(rule, args);
			learn_note(record, rule->nr, args, count);
		}
		count = 0; /* it's the line's, not each call's */
	}
	return any;
}

static bool begins(const struct line *line, const char *word)
{
	return line->len >= strlen(word) && !strncmp(line->text, word, strlen(word));
}

/* What an editor may put before a line's end, as CR LF, says nothing. */
static void trim(struct line *line)
{
	while (line->len && strchr(" \t\r", line->text[line->len - 1]))
		line->len--;
}

static void read_line(struct learn_record *record, const struct policy *policy, struct line *line)
{
	trim(line);
	if (!line->len || begins(line, "arch "))
		return; /* archs are taken from the policy, all at once */
	if (begins(line, "default ")) {
		free(record->otherwise);
		record->otherwise = strndup(line->text, line->len);
	} else if (!read_count(line) || !take_line(record, policy, line)) {
		learn_keep(record, line->text, line->len);
	}
}

/* The lines of our own comment; the first of them has the number of runs. */
static const char *read_head(struct learn_record *record, const char *text)
{
	const char *runs = util_after(text, learn_mark);

	if (!runs)
		return NULL;
	runs = util_after(runs, " in ");
	if (runs)
		learn_add(&record->runs, strtoul(runs, NULL, 10));
	for (unsigned i = 0; i < LEARN_HEAD && *text == '#'; i++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

int learn_read(struct learn_record *record, const char *file, const char *text,
	       const struct policy_context *context)
{
	struct line line = { .number = 1 };
	struct policy policy;
	const char *at;
	int err;

	text = util_after(text, BYTE_ORDER_MARK) ?: text;
	at = read_head(record, text);
	if (!at) {
		log_error("cannot merge with %s, which learn didn't write: expected another file",
			  file);
		return -EINVAL;
	}
	policy_init(&policy, file);
	err = policy_parse_text(&policy, file, text, context);
	for (const char *c = text; c < at; c++)
		line.number += *c == '\n';
	for (; !err && *at; line.number++) {
		line.text = at;
		line.len = strcspn(at, "\n");
		at += line.len + (at[line.len] == '\n');
		read_line(record, &policy, &line);
	}
	for (unsigned i = 0; !err && i < policy.narchs; i++)
		learn_note_arch(record, policy.arch[i]);
	policy_finish(&policy);
	return err;
}
