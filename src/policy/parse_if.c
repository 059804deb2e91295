/* Conditions: `or` over `and` over tests, which is how rules want them. */
#include "memory.h"
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than anybody writes; `in` lists joined with `and` multiply. */
enum { MAX_ALTERNATIVES = 1024 };

static const struct {
	const char *symbol;
	enum policy_op op;
} comparisons[] = {
	{ "==", POLICY_EQ }, { "!=", POLICY_NE }, { "<", POLICY_LT },
	{ "<=", POLICY_LE }, { ">", POLICY_GT },  { ">=", POLICY_GE },
};

static void add_alternative(struct condition *to, const struct conjunction *conjunction)
{
	to->alternative = memory_grow(to->alternative, to->n + 1, sizeof(*conjunction));
	to->alternative[to->n++] = *conjunction;
}

static void never(struct condition *condition)
{
	free(condition->alternative);
	*condition = (struct condition){ 0 };
}

/* `and` one of several terms: each alternative so far once with each of them. */
static int and_one_of(const struct parser *parser, struct condition *condition,
		      const struct term *term, size_t nterms)
{
	struct condition product = { 0 };

	if (condition->n * nterms > MAX_ALTERNATIVES)
		return parser_complain(parser, &term->value,
				       "expected at most %d values of in, or combinations of them",
				       MAX_ALTERNATIVES);
	for (size_t i = 0; i < condition->n; i++) {
		for (size_t j = 0; j < nterms; j++) {
			struct conjunction both = condition->alternative[i];

			if (both.nterms == POLICY_TESTS) {
				never(&product);
				return parser_complain(parser, &term[j].value,
						       "expected at most %d tests joined by and, "
						       "of which each value of not in is one",
						       POLICY_TESTS);
			}
			both.term[both.nterms++] = term[j];
			add_alternative(&product, &both);
		}
	}
	never(condition);
	*condition = product;
	return 0;
}

static int read_value(struct parser *parser, struct term *term)
{
	int err;

	term->value = parser->token;
	err = parse_value(parser, &term->test.value);
	if (!err && term->test.mask && term->test.value & ~term->test.mask)
		return parser_complain(parser, &term->value,
				       "expected a value within the mask, this one never matches");
	return err;
}

/* { V, ... } after `in`; the terms are malloc(3)ed. */
static int read_set(struct parser *parser, const struct term *like, struct term **terms, size_t *n)
{
	int err;

	if (!parser_accept(parser, "{"))
		return parser_complain(parser, &parser->token, "expected { after in");
	do {
		*terms = memory_grow(*terms, *n + 1, sizeof(**terms));
		(*terms)[*n] = *like;
		err = read_value(parser, &(*terms)[*n]);
		if (err)
			return err;
		(*n)++;
	} while (parser_accept(parser, ","));
	if (!parser_accept(parser, "}"))
		return parser_complain(parser, &parser->token, "expected , or }");
	return 0;
}

static int member(struct parser *parser, struct condition *condition, struct term like, bool not )
{
	struct term *terms = NULL;
	size_t n = 0;
	int err;

	if (like.test.mask)
		like.test.op = not ? POLICY_MASKED_NE : POLICY_MASKED_EQ;
	else
		like.test.op = not ? POLICY_NE : POLICY_EQ;
	err = read_set(parser, &like, &terms, &n);
	if (!err && !not )
		err = and_one_of(parser, condition, terms, n);
	for (size_t i = 0; i < n && !err && not ; i++)
		err = and_one_of(parser, condition, &terms[i], 1);
	free(terms);
	return err;
}

static int comparison(struct parser *parser, struct condition *condition, struct term term)
{
	size_t i = 0;
	int err;

	while (i < sizeof(comparisons) / sizeof(comparisons[0]) &&
	       !parser_accept(parser, comparisons[i].symbol))
		i++;
	if (i == sizeof(comparisons) / sizeof(comparisons[0]))
		return parser_complain(parser, &parser->token,
				       "expected ==, !=, <, <=, >, >=, &, in or not in");
	term.test.op = comparisons[i].op;
	if (term.test.mask && i > 1)
		return parser_complain(parser, &parser->token,
				       "expected == or != behind a mask, not %s",
				       comparisons[i].symbol);
	if (term.test.mask)
		term.test.op = i ? POLICY_MASKED_NE : POLICY_MASKED_EQ;
	err = read_value(parser, &term);
	return err ? err : and_one_of(parser, condition, &term, 1);
}

static int read_mask(struct parser *parser, struct term *term)
{
	struct token at = parser->token;
	int err = parse_value(parser, &term->test.mask);

	if (!err && !term->test.mask)
		return parser_complain(parser, &at, "expected a mask other than 0");
	return err;
}

static int argument(struct parser *parser, struct condition *condition)
{
	struct term term = { .test.arg = (unsigned)(parser->token.text[3] - '0') };
	int err = 0;

	parser_next(parser);
	if (parser_accept(parser, "&"))
		err = read_mask(parser, &term);
	if (err)
		return err;
	if (parser_accept(parser, "in"))
		return member(parser, condition, term, false);
	if (!parser_accept(parser, "not"))
		return comparison(parser, condition, term);
	if (!parser_accept(parser, "in"))
		return parser_complain(parser, &parser->token, "expected in after not");
	return member(parser, condition, term, true);
}

static bool is_argument(const struct token *token)
{
	return token->kind == TOKEN_WORD && token->len == 4 && !memcmp(token->text, "arg", 3) &&
	       token->text[3] >= '0' && token->text[3] < '0' + POLICY_ARGS;
}

static bool is_capability(const struct token *token)
{
	return token->kind == TOKEN_WORD && token->len > 4 && !memcmp(token->text, "CAP_", 4);
}

static int read_term(struct parser *parser, struct condition *condition)
{
	bool holds, not = false;
	int err;

	if (is_argument(&parser->token))
		return argument(parser, condition);
	if (token_is(&parser->token, "kernel")) {
		err = parse_kernel(parser, &holds);
	} else {
		not = parser_accept(parser, "not");
		if (!is_capability(&parser->token))
			return parser_complain(parser, &parser->token,
					       not ? "expected a capability after not"
						   : "expected arg0 to arg5, CAP_..., not CAP_... "
						     "or kernel");
		err = parse_capability(parser, &holds);
	}
	if (!err && holds == not )
		never(condition);
	return err;
}

static int read_conjunction(struct parser *parser, struct condition *condition)
{
	int err;

	add_alternative(condition, &(struct conjunction){ 0 });
	do
		err = read_term(parser, condition);
	while (!err && parser_accept(parser, "and"));
	return err;
}

int parse_condition(struct parser *parser, struct condition *condition)
{
	int err;

	*condition = (struct condition){ 0 };
	do {
		struct condition more = { 0 };

		err = read_conjunction(parser, &more);
		for (size_t i = 0; i < more.n && !err; i++)
			add_alternative(condition, &more.alternative[i]);
		never(&more);
	} while (!err && parser_accept(parser, "or"));
	return err;
}
