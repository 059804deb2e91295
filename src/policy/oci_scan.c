/* What jansson doesn't tell about a JSON text: where things are; and numbers that it doesn't read.
 * May do nothing but compute. */
#include "oci.h"

#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	const char *at, *end;
	unsigned line;
};

/* Over one token: a string, a number or word, or one character. */
static void next(struct scan *scan)
{
	static const char ends[] = " \t\r\n,:[]{}\"";
	const char *begin = scan->at++;

	if (*begin == '\n')
		scan->line++;
	if (*begin == '"') {
		while (scan->at < scan->end && *scan->at != '"')
			scan->at += 1 + (*scan->at == '\\' && scan->end - scan->at > 1);
		scan->at += scan->at < scan->end;
		return;
	}
	if (memchr(ends, *begin, sizeof(ends) - 1))
		return;
	while (scan->at < scan->end && !memchr(ends, *scan->at, sizeof(ends) - 1))
		scan->at++;
}

static bool is_string(const char *token, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - token) == len + 2 && token[0] == '"' && !memcmp(token + 1, text, len);
}

unsigned *oci_lines(const char *text, size_t len, const char *name, size_t *n)
{
	struct scan scan = { text, text + len, 1 };
	unsigned *line = memory_grow(NULL, len + 1, sizeof(*line));
	unsigned depth = 0;
	bool inside = false;

	*n = 0;
	while (scan.at < scan.end) {
		const char *token = scan.at;

		next(&scan);
		if (depth == 1 && *token == '"')
			inside = is_string(token, scan.at, name);
		if (inside && depth == 2 && *token == '{')
			line[(*n)++] = scan.line;
		if (*token == '{' || *token == '[')
			depth++;
		if ((*token == '}' || *token == ']') && depth)
			depth--;
	}
	return line;
}

static bool is_wide(const char *token, size_t len, uint64_t *value)
{
	char digits[24] = "", *end;

	if (len >= sizeof(digits) || *token < '0' || *token > '9')
		return false;
	memcpy(digits, token, len);
	errno = 0;
	*value = strtoumax(digits, &end, 10);
	return !errno && !*end && *value > INT64_MAX;
}

char *oci_widen(const char *text, size_t *len)
{
	struct scan scan = { text, text + *len, 1 };
	/* One more character for each, of 19 at least; and snprintf's NUL. */
	char *copy = memory_grow(NULL, *len + *len / 19 + 2, 1), *to = copy;

	while (scan.at < scan.end) {
		const char *token = scan.at;
		size_t n;
		uint64_t value;

		next(&scan);
		n = (size_t)(scan.at - token);
		if (is_wide(token, n, &value)) {
			to += sprintf(to, "-%" PRIu64, -value);
			continue;
		}
		memcpy(to, token, n);
		to += n;
	}
	*to = '\0';
	*len = (size_t)(to - copy);
	return copy;
}
