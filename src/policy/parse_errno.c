/* Errors in a policy's text: by name, or a number. */
#include "errnos.h"
#include "parser.h"

#include <ctype.h>

bool parser_offer_errnos(struct spelling *spelling)
{
	char capital[TOKEN_NAME];
	struct spelling of_errnos;
	const char *name;

	if (spelling->len > sizeof(capital))
		return false;
	for (size_t i = 0; i < spelling->len; i++)
		capital[i] = (char)toupper((unsigned char)spelling->word[i]);
	spell_begin(&of_errnos, capital, spelling->len);
	for (unsigned i = 0; (name = errno_at(i)); i++)
		spell_offer(&of_errnos, name);
	if (!of_errnos.best || (spelling->best && spelling->distance <= of_errnos.distance))
		return false;
	spelling->best = of_errnos.best;
	spelling->distance = of_errnos.distance;
	return true;
}

static int misspelt(const struct parser *parser, const struct token *token)
{
	struct spelling spelling;

	spell_begin(&spelling, token->text, token->len);
	(void)parser_offer_errnos(&spelling);
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
	char name[TOKEN_NAME];
	uint64_t value;

	if (!parse_number(&parser->token, &value)) {
		token_copy(name, &parser->token);
		value = (uint64_t)errno_value(name);
		if (!value)
			return misspelt(parser, &parser->token);
	}
	if (value > ERRNO_MAX)
		return misspelt(parser, &parser->token);
	*error = (int)value;
	parser_next(parser);
	return 0;
}
