/* parser.h - what the parts of the text parser share. Not for others. */
#ifndef POLICY_PARSER_H
#define POLICY_PARSER_H

#include "lex.h"
#include "policy.h"
#include "spell.h"

struct parser {
	struct policy *policy;
	const struct policy_context *context;
	const char *file;
	struct lexer lexer;
	struct token token;          /* the one to be looked at */
	const char *line;            /* the text of the line that is read */
	const struct parser *parent; /* who includes this one */
	unsigned *nerrors;
};

/* A test and where it stands, since whether it fits is known call by call. */
struct term {
	struct policy_test test;
	struct token value;
};

/* Terms that must all hold. */
struct conjunction {
	struct term term[POLICY_TESTS];
	unsigned nterms;
};

/* Of which one must hold. One without terms always does; none: never. */
struct condition {
	struct conjunction *alternative;
	size_t n;
};

/* Look at the next word. */
void parser_next(struct parser *parser);

/* If the word is text, go on and return true. */
bool parser_accept(struct parser *parser, const char *text);
bool parser_sees(const struct parser *parser, const char *text);
bool parser_at_end(const struct parser *parser);

/* Keep the text of the line whose first word is looked at, for parser_where(). */
void parser_begin_line(struct parser *parser);
struct policy_where parser_where(const struct parser *parser, const struct token *token);

/* "file:line:column: WORD: ..." about a token; returns -EINVAL. */
__attribute__((format(printf, 3, 4))) int
parser_complain(const struct parser *parser, const struct token *token, const char *fmt, ...);

/* The same about something misspelt, with what it may have meant. */
int parser_misspelt(const struct parser *parser, const struct token *token, const char *expected,
		    const struct spelling *spelling);

/* A number or NAME, or several joined with |. Returns 0 or -EINVAL; parse_value.c. */
int parse_value(struct parser *parser, uint64_t *value);

/* A whole word as a number: decimal, 0x hexadecimal, 0 octal, negative ones as two's complement. */
bool parse_number(const struct token *token, uint64_t *value);

/* What comes after `if`. The caller frees the alternatives, also after a failure; parse_if.c. */
int parse_condition(struct parser *parser, struct condition *condition);

/* Terms that know their answer; parse_context.c. */
int parse_capability(struct parser *parser, bool *holds);
int parse_kernel(struct parser *parser, bool *holds);

/* What comes after an action: calls and groups, `if` and a condition. parse_rule.c. */
int parse_rule(struct parser *parser, const struct policy_action *action);

/* The same after `deny`, with an errno before it or not. */
int parse_deny(struct parser *parser);

/* A name or a number; 0 is one, too: nothing happened, says the call. parse_errno.c. */
bool parser_sees_errno(const struct parser *parser);
int parse_errno(struct parser *parser, int *error);

/* Offer the names of errors, in whatever letters the word is. True: one of them is the nearest. */
bool parser_offer_errnos(struct spelling *spelling);

#endif
