/* Words of a configuration file. Pure. */
#include "words.h"

#include <string.h>

char *words_next(char **at, bool *open)
{
	char *from = *at + strspn(*at, " \t\r"), *to = from, *word = from;
	bool quoted = false, begun = false;

	for (; *from && (quoted || !strchr(" \t\r", *from)); from++) {
		begun = true;
		if (*from == '"') {
			quoted = !quoted;
		} else if (*from == '\\' && from[1]) {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	*at = *from ? from + 1 : from;
	*to = '\0';
	*open = *open || quoted;
	return begun ? word : NULL;
}

size_t words_put(char *text, size_t size, size_t len, const char *word)
{
	bool quote = !*word || strpbrk(word, " \t\r#=");

	/* Each character may take two. */
	if (len + 2 * strlen(word) + 4 > size)
		return size;
	if (len)
		text[len++] = ' ';
	if (quote)
		text[len++] = '"';
	for (; *word; word++) {
		if (*word == '"' || *word == '\\' || *word == '\n')
			text[len++] = '\\';
		text[len++] = *word == '\n' ? 'n' : *word;
	}
	if (quote)
		text[len++] = '"';
	text[len] = '\0';
	return len;
}
