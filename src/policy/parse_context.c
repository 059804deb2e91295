/* Terms whose answer is known when a policy is read: what the agent keeps and where it runs. */
#include "capability.h"
#include "parser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

int parse_capability(struct parser *parser, bool *holds)
{
	char name[TOKEN_NAME];
	uint64_t bit;

	token_copy(name, &parser->token);
	bit = capability_parse(name);
	if (!bit) {
		struct spelling spelling;

		spell_begin(&spelling, parser->token.text, parser->token.len);
		for (unsigned i = 0; i < 64; i++) {
			if (capability_name(i))
				spell_offer(&spelling, capability_name(i));
		}
		return parser_misspelt(parser, &parser->token, "a capability", &spelling);
	}
	*holds = parser->context->caps & bit;
	parser_next(parser);
	return 0;
}

bool policy_kernel(const struct policy_context *context, unsigned *major, unsigned *minor)
{
	struct utsname running;

	*major = context->kernel_major;
	*minor = context->kernel_minor;
	return *major || *minor ||
	       (uname(&running) == 0 && sscanf(running.release, "%u.%u", major, minor) == 2);
}

static bool read_version(const struct token *token, unsigned *version)
{
	unsigned major, minor;
	int used = -1;
	char word[16] = "";

	if (token->kind != TOKEN_WORD || token->len >= sizeof(word))
		return false;
	memcpy(word, token->text, token->len);
	if (sscanf(word, "%4u.%4u%n", &major, &minor, &used) != 2 || word[used])
		return false;
	*version = major << 16 | minor;
	return true;
}

int parse_kernel(struct parser *parser, bool *holds)
{
	unsigned major, minor, ours, asked;
	bool below;

	parser_next(parser);
	below = token_is(&parser->token, "<");
	if (!below && !token_is(&parser->token, ">="))
		return parser_complain(parser, &parser->token, "expected >= or < after kernel");
	parser_next(parser);
	if (!read_version(&parser->token, &asked))
		return parser_complain(parser, &parser->token, "expected a version such as 5.10");
	parser_next(parser);
	ours = policy_kernel(parser->context, &major, &minor) ? major << 16 | minor : 0;
	*holds = below ? ours < asked : ours >= asked;
	return 0;
}
