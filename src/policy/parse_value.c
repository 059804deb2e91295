/* Values in a policy's text: numbers and the names that headers have for them. */
#include "constants.h"
#include "parser.h"

#include <errno.h>
#include <stdlib.h>

bool parse_number(const struct token *token, uint64_t *value)
{
	char word[TOKEN_NAME], *end;
	const char *digits;
	bool minus;

	token_copy(word, token);
	minus = word[0] == '-';
	digits = word + minus;
	/* strtoull would take blanks and a second sign as well. */
	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*value = strtoull(digits, &end, 0);
	if (errno || *end || (minus && *value > INT64_MAX))
		return false;
	if (minus)
		*value = -*value;
	return true;
}

static int misspelt(const struct parser *parser, const struct token *token)
{
	struct spelling spelling;
	size_t n;
	const struct policy_constant *all = policy_constants(&n);

	spell_begin(&spelling, token->text, token->len);
	for (size_t i = 0; i < n; i++)
		spell_offer(&spelling, all[i].name);
	return parser_misspelt(parser, token, "a number or a constant's name", &spelling);
}

static int one_value(struct parser *parser, uint64_t *value)
{
	const struct policy_constant *constant;
	char name[TOKEN_NAME];

	if (parser->token.kind != TOKEN_WORD)
		return parser_complain(parser, &parser->token,
				       "expected a number or a constant's name");
	if (!parse_number(&parser->token, value)) {
		token_copy(name, &parser->token);
		constant = policy_constant(name);
		if (!constant)
			return misspelt(parser, &parser->token);
		*value = constant->value;
	}
	parser_next(parser);
	return 0;
}

int parse_value(struct parser *parser, uint64_t *value)
{
	int err = one_value(parser, value);

	while (!err && parser_accept(parser, "|")) {
		uint64_t more;

		err = one_value(parser, &more);
		if (!err)
			*value |= more;
	}
	return err;
}
