/* A policy's text into words, each with its place. */
#include "lex.h"

#include <string.h>

static const char symbols[] = "{},&|=!<>()";

void lex_init(struct lexer *lexer, const char *text)
{
	*lexer = (struct lexer){ .at = text, .line_start = text, .line = 1 };
}

static void new_line(struct lexer *lexer)
{
	lexer->line++;
	lexer->line_start = lexer->at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Where a line that ends with a backslash goes on, or NULL if there is none here. */
static const char *continued(const char *at)
{
	if (*at != '\\')
		return NULL;
	for (at++; is_blank(*at); at++)
		;
	return *at == '\n' ? at + 1 : NULL;
}

static void skip_blanks(struct lexer *lexer)
{
	for (;;) {
		const char *next = continued(lexer->at);

		if (next) {
			lexer->at = next;
			new_line(lexer);
		} else if (is_blank(*lexer->at)) {
			lexer->at++;
		} else {
			break;
		}
	}
	if (*lexer->at == '#')
		lexer->at = strchrnul(lexer->at, '\n');
}

static size_t word_length(const char *at)
{
	size_t len = 0;

	while (at[len] && at[len] != '\n' && at[len] != '#' && !is_blank(at[len]) &&
	       !strchr(symbols, at[len]) && !continued(at + len))
		len++;
	return len;
}

static size_t symbol_length(const char *at)
{
	return strchr("=!<>", *at) && at[1] == '=' ? 2 : 1;
}

static struct token token_here(const struct lexer *lexer, enum token_kind kind, size_t len)
{
	return (struct token){
		.kind = kind,
		.text = lexer->at,
		.len = len,
		.line = lexer->line,
		.column = (unsigned)(lexer->at - lexer->line_start) + 1,
	};
}

struct token lex_next(struct lexer *lexer)
{
	struct token token;

	skip_blanks(lexer);
	if (!*lexer->at)
		return token_here(lexer, TOKEN_TEXT, 0);
	if (*lexer->at == '\n') {
		token = token_here(lexer, TOKEN_LINE, 0);
		lexer->at++;
		new_line(lexer);
		return token;
	}
	if (strchr(symbols, *lexer->at))
		token = token_here(lexer, TOKEN_SYMBOL, symbol_length(lexer->at));
	else
		token = token_here(lexer, TOKEN_WORD, word_length(lexer->at));
	lexer->at += token.len;
	return token;
}

struct token lex_rest(struct lexer *lexer)
{
	struct token token;
	size_t len = 0;

	skip_blanks(lexer);
	while (lexer->at[len] && lexer->at[len] != '\n' &&
	       !(lexer->at[len] == '#' && len && is_blank(lexer->at[len - 1])))
		len++;
	while (len && is_blank(lexer->at[len - 1]))
		len--;
	token = token_here(lexer, TOKEN_WORD, len);
	lexer->at += len;
	return token;
}

bool token_is(const struct token *token, const char *text)
{
	return strlen(text) == token->len && !memcmp(token->text, text, token->len);
}

void token_copy(char name[TOKEN_NAME], const struct token *token)
{
	size_t len = token->len < TOKEN_NAME ? token->len : 0;

	memcpy(name, token->text, len);
	name[len] = '\0';
}
