/* Looking at words, and what is said about one that doesn't fit. */
#include "parser.h"

#include "memory.h"
#include "util.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static FILE *errors(const struct parser *parser)
{
	return parser->context->errors ? parser->context->errors : stderr;
}

static void begin(const struct parser *parser, const struct token *token)
{
	(*parser->nerrors)++;
	(void)fprintf(errors(parser), "%s:%u:%u: ", parser->file, token->line, token->column);
	if (token->kind == TOKEN_LINE || token->kind == TOKEN_TEXT || !token->len)
		(void)fprintf(errors(parser), "end of line: ");
	else {
		for (size_t i = 0; i < token->len; i++)
			(void)fputc(util_visible(token->text[i]), errors(parser));
		(void)fputs(": ", errors(parser));
	}
}

int parser_complain(const struct parser *parser, const struct token *token, const char *fmt, ...)
{
	va_list ap;

	begin(parser, token);
	va_start(ap, fmt);
	(void)vfprintf(errors(parser), fmt, ap);
	va_end(ap);
	(void)fputc('\n', errors(parser));
	return -EINVAL;
}

int parser_misspelt(const struct parser *parser, const struct token *token, const char *expected,
		    const struct spelling *spelling)
{
	if (!spelling->best)
		return parser_complain(parser, token, "expected %s", expected);
	return parser_complain(parser, token, "expected %s, did you mean %s?", expected,
			       spelling->best);
}

void parser_next(struct parser *parser)
{
	parser->token = lex_next(&parser->lexer);
}

bool parser_accept(struct parser *parser, const char *text)
{
	if (!parser_sees(parser, text))
		return false;
	parser_next(parser);
	return true;
}

bool parser_sees(const struct parser *parser, const char *text)
{
	return parser->token.kind <= TOKEN_SYMBOL && token_is(&parser->token, text);
}

bool parser_at_end(const struct parser *parser)
{
	return parser->token.kind == TOKEN_LINE || parser->token.kind == TOKEN_TEXT;
}

/* The line's end without its comment; a line that goes on ends later. */
static const char *end_of_line(struct lexer lexer)
{
	const char *end = lexer.at;

	for (;;) {
		struct token token = lex_next(&lexer);

		if (token.kind == TOKEN_LINE || token.kind == TOKEN_TEXT)
			return end;
		end = token.text + token.len;
	}
}

/* Any run of blanks, and the ends of lines that go on, become one blank. */
void parser_begin_line(struct parser *parser)
{
	const char *from = parser->token.text, *end = end_of_line(parser->lexer);
	char *line = policy_copy(parser->policy, from, (size_t)(end - from));
	size_t len = 0;

	for (const char *at = line; *at; at++) {
		bool blank = *at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' ||
			     (*at == '\\' && strchr(" \t\r\n", at[1]));

		if (!blank)
			line[len++] = util_visible(*at);
		else if (len && line[len - 1] != ' ')
			line[len++] = ' ';
	}
	line[len] = '\0';
	parser->line = line;
}

struct policy_where parser_where(const struct parser *parser, const struct token *token)
{
	return (struct policy_where){ parser->file, token->line, token->column, parser->line };
}
