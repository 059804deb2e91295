/* lex.h - a policy's text into words. Pure. */
#ifndef POLICY_LEX_H
#define POLICY_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_WORD,   /* a name, a number, a version */
	TOKEN_SYMBOL, /* { } , & | and the comparisons */
	TOKEN_LINE,   /* a line ends, which \ at its end prevents */
	TOKEN_TEXT,   /* the text ends */
};

struct token {
	enum token_kind kind;
	const char *text; /* into the policy's text */
	size_t len;
	unsigned line, column; /* from 1, bytes */
};

struct lexer {
	const char *at;
	const char *line_start;
	unsigned line;
};

void lex_init(struct lexer *lexer, const char *text);

/* Comments and blanks are passed over. */
struct token lex_next(struct lexer *lexer);

/* The rest of the line up to a comment as one word, for names of files; empty: nothing there. */
struct token lex_rest(struct lexer *lexer);

bool token_is(const struct token *token, const char *text);

enum { TOKEN_NAME = 64 };

/* Its text as a string; "" if that is longer than any name, so that nobody has it. */
void token_copy(char name[TOKEN_NAME], const struct token *token);

#endif
