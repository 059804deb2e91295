/* Errors in a policy's text: by name, or a number. */
#include "errnos.h"
#include "parser.h"

#include <string.h>

enum { MAX_WORD = 64 };

static int misspelt(const struct parser *parser, const struct token *token)
{
	struct spelling spelling;
	const char *name;

	spell_begin(&spelling, token->text, token->len);
	for (unsigned i = 0; (name = errno_at(i)); i++)
		spell_offer(&spelling, name);
	return parser_misspelt(parser, token, "an errno such as EPERM", &spelling);
}

/* Names of calls are in small letters. */
bool parser_sees_errno(const struct parser *parser)
{
	char first = parser->token.kind == TOKEN_WORD ? parser->token.text[0] : '\0';

	return first == 'E' || (first >= '0' && first <= '9');
}

int parse_errno(struct parser *parser, int *error)
{
	char word[MAX_WORD] = "";
	uint64_t value;

	if (!parse_number(&parser->token, &value)) {
		if (parser->token.len < sizeof(word))
			memcpy(word, parser->token.text, parser->token.len);
		value = (uint64_t)errno_value(word);
		if (!value)
			return misspelt(parser, &parser->token);
	}
	if (value > ERRNO_MAX)
		return misspelt(parser, &parser->token);
	*error = (int)value;
	parser_next(parser);
	return 0;
}
