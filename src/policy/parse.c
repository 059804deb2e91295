/* The text format of policies, line by line. cradle-policy(5) has the grammar. */
#include "parse.h"

#include "archname.h"
#include "memory.h"
#include "parser.h"
#include "source.h"

#include <errno.h>
#include <string.h>

enum { MAX_ERRORS = 20, MAX_INPUTS = 256, MAX_DEPTH = 8 };

static const struct {
	const char *word;
	enum policy_act act;
} actions[] = {
	{ "allow", POLICY_ALLOW },
	{ "log", POLICY_LOG },
	{ "trap", POLICY_TRAP },
	{ "kill", POLICY_KILL },
};

static bool accept_action(struct parser *parser, struct policy_action *action)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (parser_accept(parser, actions[i].word)) {
			*action = (struct policy_action){ actions[i].act, 0 };
			return true;
		}
	}
	return false;
}

static int misspelt_action(const struct parser *parser)
{
	struct spelling spelling;

	spell_begin(&spelling, parser->token.text, parser->token.len);
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		spell_offer(&spelling, actions[i].word);
	(void)parser_offer_errnos(&spelling);
	return parser_misspelt(parser, &parser->token,
			       "allow, log, trap, kill or an errno such as EPERM", &spelling);
}

/* What `default` and `unknown` take: an action, an errno standing for itself. */
static int parse_action(struct parser *parser, struct policy_action *action,
			struct policy_where *where)
{
	int err = 0;

	*where = parser_where(parser, &parser->token);
	if (!accept_action(parser, action)) {
		if (!parser_sees_errno(parser))
			return misspelt_action(parser);
		action->act = POLICY_ERRNO;
		err = parse_errno(parser, &action->error);
	}
	if (!err && !parser_at_end(parser))
		return parser_complain(parser, &parser->token, "expected the end of the line");
	return err;
}

static int add_arch(struct parser *parser, uint32_t arch)
{
	struct policy *policy = parser->policy;

	for (unsigned i = 0; i < policy->narchs; i++) {
		if (policy->arch[i] == arch)
			return 0;
	}
	if (policy->narchs == POLICY_ARCHS)
		return parser_complain(parser, &parser->token, "expected at most %d architectures",
				       POLICY_ARCHS);
	policy->arch[policy->narchs++] = arch;
	return 0;
}

static int misspelt_arch(const struct parser *parser)
{
	struct spelling spelling;
	const char *name;

	spell_begin(&spelling, parser->token.text, parser->token.len);
	for (unsigned i = 0; (name = archname_at(i)); i++)
		spell_offer(&spelling, name);
	return parser_misspelt(parser, &parser->token, "native or an architecture such as i386",
			       &spelling);
}

static int parse_arch(struct parser *parser)
{
	int err = 0;

	if (parser_at_end(parser))
		return misspelt_arch(parser);
	while (!err && !parser_at_end(parser)) {
		uint32_t arch = archname_parse(parser->token.text, parser->token.len);

		if (!arch)
			return misspelt_arch(parser);
		if (!archname_is_native(arch))
			err = add_arch(parser, arch);
		parser_next(parser);
	}
	return err;
}

static int parse_text(struct policy *policy, const char *file, const char *text,
		      const struct policy_context *context, const struct parser *parent,
		      unsigned *nerrors);

/* A file that includes itself would have no end. */
static int check_nesting(const struct parser *parser, const struct token *token, const char *path)
{
	int depth = 1;

	for (const struct parser *p = parser; p; p = p->parent, depth++) {
		if (source_same(p->file, path))
			return parser_complain(parser, token, "it includes itself");
	}
	if (depth > MAX_DEPTH)
		return parser_complain(parser, token, "expected at most %d files within each other",
				       MAX_DEPTH);
	return 0;
}

static int parse_include(struct parser *parser, const struct token *word)
{
	const struct policy_input *input;
	struct policy_input copy;
	char *name;
	int err;

	if (!word->len)
		return parser_complain(parser, word, "expected a policy's name or path");
	/* Few files that include each other often make many. */
	if (parser->policy->ninputs >= MAX_INPUTS)
		return parser_complain(parser, word, "expected at most %d files in all",
				       MAX_INPUTS);
	name = policy_copy(parser->policy, word->text, word->len);
	err = source_find(parser->policy, name, parser->file, &input);
	if (err == -ENOENT)
		return parser_complain(parser, word, "expected a shipped policy or a file");
	if (err)
		return parser_complain(parser, word, "cannot read it: %s", strerror(-err));
	copy = *input;
	if (strlen(copy.bytes) != copy.len || copy.bytes[strspn(copy.bytes, " \t\r\n")] == '{')
		return parser_complain(parser, word, "expected a policy in text, not JSON or BPF");
	err = check_nesting(parser, word, copy.path);
	if (err)
		return err;
	return parse_text(parser->policy, copy.path, copy.bytes, parser->context, parser,
			  parser->nerrors);
}

static int misspelt_line(const struct parser *parser, const struct token *word)
{
	static const char *const words[] = { "default", "unknown", "arch", "include", "allow",
					     "deny",    "log",     "trap", "kill" };
	struct spelling spelling;

	spell_begin(&spelling, word->text, word->len);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		spell_offer(&spelling, words[i]);
	return parser_misspelt(parser, word,
			       "default, unknown, arch, include, allow, deny, log, trap or kill",
			       &spelling);
}

static int parse_line(struct parser *parser)
{
	struct policy *policy = parser->policy;
	const struct token word = parser->token;
	struct policy_action action;

	parser_begin_line(parser);
	if (token_is(&word, "include")) {
		struct token rest = lex_rest(&parser->lexer);
		int err = parse_include(parser, &rest);

		parser_next(parser);
		return err;
	}
	if (accept_action(parser, &action))
		return parse_rule(parser, &action);
	parser_next(parser);
	if (token_is(&word, "deny"))
		return parse_deny(parser);
	if (token_is(&word, "default"))
		return parse_action(parser, &policy->otherwise, &policy->otherwise_where);
	if (token_is(&word, "unknown"))
		return parse_action(parser, &policy->unknown, &policy->unknown_where);
	if (token_is(&word, "arch"))
		return parse_arch(parser);
	return misspelt_line(parser, &word);
}

static int parse_text(struct policy *policy, const char *file, const char *text,
		      const struct policy_context *context, const struct parser *parent,
		      unsigned *nerrors)
{
	struct parser parser = {
		.policy = policy,
		.context = context,
		.file = file,
		.parent = parent,
		.nerrors = nerrors,
	};

	lex_init(&parser.lexer, text);
	parser_next(&parser);
	while (parser.token.kind != TOKEN_TEXT && *nerrors < MAX_ERRORS) {
		if (parser.token.kind != TOKEN_LINE)
			(void)parse_line(&parser);
		/* After an error the rest of its line means nothing. */
		while (!parser_at_end(&parser))
			parser_next(&parser);
		if (parser.token.kind == TOKEN_LINE)
			parser_next(&parser);
	}
	return *nerrors ? -EINVAL : 0;
}

int policy_parse_text(struct policy *policy, const char *file, const char *text,
		      const struct policy_context *context)
{
	unsigned nerrors = 0;

	return parse_text(policy, policy_copy(policy, file, strlen(file)), text, context, NULL,
			  &nerrors);
}
