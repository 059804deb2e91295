/* `allow read @timer if ...`: an action, the calls it is for, and when. */
#include "groups.h"
#include "memory.h"
#include "names.h"
#include "parser.h"
#include "width.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* The calls of a line, each with the word that named it. */
struct calls {
	struct named {
		int nr;
		struct token word;
	} * call;
	size_t n;
};

static void add_call(struct calls *calls, int nr, const struct token *word)
{
	calls->call = memory_grow(calls->call, calls->n + 1, sizeof(*calls->call));
	calls->call[calls->n++] = (struct named){ nr, *word };
}

static void spell_call(struct spelling *spelling, const struct token *token)
{
	int nr = INT_MIN;

	spell_begin(spelling, token->text, token->len);
	/* Ours first: of two that are as near the first offered is kept. */
	while (policy_next_call(&nr, false))
		spell_offer(spelling, policy_call_name(nr));
	for (nr = INT_MIN; policy_next_call(&nr, true);)
		spell_offer(spelling, policy_call_name(nr));
}

static int misspelt_call(const struct parser *parser, const struct token *token)
{
	struct spelling spelling;

	spell_call(&spelling, token);
	return parser_misspelt(parser, token, "a system call or @group", &spelling);
}

static int misspelt_group(const struct parser *parser, const struct token *token)
{
	struct spelling spelling;
	size_t n;
	const struct policy_group *all = policy_groups(&n);

	spell_begin(&spelling, token->text, token->len);
	for (size_t i = 0; i < n; i++)
		spell_offer(&spelling, all[i].name);
	return parser_misspelt(parser, token, "a group (cradle policy groups lists them)",
			       &spelling);
}

static int read_name(struct parser *parser, struct calls *calls)
{
	const struct token word = parser->token;
	const struct policy_group *group;
	char name[TOKEN_NAME];
	int nr;

	token_copy(name, &word);
	parser_next(parser);
	if (word.text[0] != '@') {
		nr = policy_call_number(name);
		if (nr == POLICY_NO_CALL)
			return misspelt_call(parser, &word);
		add_call(calls, nr, &word);
		return 0;
	}
	group = policy_group(name);
	if (!group)
		return misspelt_group(parser, &word);
	for (size_t i = 0; i < group->ncalls; i++)
		add_call(calls, group->nr[i], &word);
	return 0;
}

/* All names are looked at, so that a line tells all of its misspelt ones. */
static int read_names(struct parser *parser, struct calls *calls)
{
	int err = 0;

	do {
		if (parser->token.kind != TOKEN_WORD || parser_sees(parser, "if"))
			return parser_complain(parser, &parser->token,
					       "expected a system call or @group");
		err |= read_name(parser, calls);
	} while (!parser_at_end(parser) && !parser_sees(parser, "if"));
	return err;
}

/* Cut a test to what the kernel reads of this call's argument. */
static int fit(const struct parser *parser, int nr, const struct term *term,
	       struct policy_test *test)
{
	const char *expected;

	*test = term->test;
	expected = policy_width_fit(nr, test);
	if (!expected)
		return 0;
	return parser_complain(parser, &term->value,
			       "expected %s: the kernel reads no more of arg%u of %s", expected,
			       test->arg, policy_call_name(nr));
}

static int add_rules(const struct parser *parser, const struct policy_action *action,
		     const struct named *call, const struct condition *condition)
{
	for (size_t i = 0; i < condition->n; i++) {
		const struct conjunction *all = &condition->alternative[i];
		struct policy_test test[POLICY_TESTS];
		struct policy_rule rule = {
			.action = *action,
			.nr = call->nr,
			.test = test,
			.ntests = all->nterms,
			.where = parser_where(parser, &call->word),
		};

		for (unsigned t = 0; t < all->nterms; t++) {
			int err = fit(parser, call->nr, &all->term[t], &test[t]);

			if (err)
				return err;
		}
		policy_add_rule(parser->policy, &rule);
	}
	return 0;
}

static int rule_line(struct parser *parser, const struct policy_action *action, struct calls *calls,
		     struct condition *condition)
{
	int err = read_names(parser, calls);

	if (err)
		return err;
	if (!parser_accept(parser, "if")) {
		condition->alternative = memory_grow(NULL, 1, sizeof(*condition->alternative));
		condition->alternative[0] = (struct conjunction){ 0 };
		condition->n = 1;
	} else {
		err = parse_condition(parser, condition);
	}
	if (!err && !parser_at_end(parser))
		err = parser_complain(parser, &parser->token, "expected and, or or the end");
	for (size_t i = 0; i < calls->n && !err; i++)
		err = add_rules(parser, action, &calls->call[i], condition);
	return err;
}

int parse_rule(struct parser *parser, const struct policy_action *action)
{
	struct calls calls = { 0 };
	struct condition condition = { 0 };
	int err = rule_line(parser, action, &calls, &condition);

	free(calls.call);
	free(condition.alternative);
	return err;
}

/* An errno that isn't written in capital letters would be taken for a call. */
static int check_letters(const struct parser *parser)
{
	struct spelling spelling;
	char name[TOKEN_NAME];

	if (parser->token.kind != TOKEN_WORD || parser->token.text[0] == '@')
		return 0;
	token_copy(name, &parser->token);
	if (policy_call_number(name) != POLICY_NO_CALL)
		return 0;
	spell_call(&spelling, &parser->token);
	if (!parser_offer_errnos(&spelling))
		return 0;
	return parser_misspelt(parser, &parser->token, "an errno such as EPERM, or a system call",
			       &spelling);
}

int parse_deny(struct parser *parser)
{
	struct policy_action action = { POLICY_ERRNO, EPERM };
	int err = 0;

	if (parser_sees_errno(parser))
		err = parse_errno(parser, &action.error);
	else
		err = check_letters(parser);
	return err ? err : parse_rule(parser, &action);
}
