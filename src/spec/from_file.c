/* Options that don't stand on the command line. May read what it was told to read. */
#include "front.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BYTES_MAX = 1 << 22, WORDS_MAX = 1 << 16, NESTED_MAX = 8 };

static const char said[] = "";

/* All of fd, NUL-terminated; lives as long as the program, as keys point into it. */
static char *read_all(int fd, size_t *len)
{
	size_t size = 1 << 12;
	char *text = malloc(size);
	ssize_t n = 1;

	for (*len = 0; text && n > 0 && *len < BYTES_MAX; *len += (size_t)n) {
		if (*len + 1 == size) {
			char *more = realloc(text, size *= 2);

			if (!more)
				break;
			text = more;
		}
		n = read(fd, text + *len, size - 1 - *len);
		if (n < 0)
			break;
	}
	if (text && n == 0) {
		text[*len] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

struct words {
	char **word;
	size_t n;
};

static bool add_word(struct words *words, char *word)
{
	if (words->n % 64 == 0) {
		char **more = realloc(words->word, (words->n + 65) * sizeof(*more));

		if (!more || words->n == WORDS_MAX) {
			free(more ? NULL : words->word);
			return false;
		}
		words->word = more;
	}
	words->word[words->n++] = word;
	words->word[words->n] = NULL;
	return true;
}

/* Only options: an agent belongs to the command line. */
static const char *take(struct spec *spec, struct words *words)
{
	static int nested;
	int used;

	if (nested == NESTED_MAX)
		return "expected files that don't name each other";
	nested++;
	used = from_argv(spec, (int)words->n, words->word);
	nested--;
	if (used < 0)
		return said;
	if ((size_t)used == words->n)
		return NULL;
	log_error("%s: expected an option", words->word[used]);
	return said;
}

const char *from_fd(struct spec *spec, const char *value)
{
	struct words words = { NULL, 0 };
	size_t len;
	char *end;
	long fd = strtol(value, &end, 10);
	char *text = *value && !*end && fd >= 0 ? read_all((int)fd, &len) : NULL;

	if (!text)
		return "expected the number of a descriptor that can be read";
	(void)close((int)fd);
	for (char *word = text; word < text + len; word += strlen(word) + 1) {
		if (!add_word(&words, word))
			return "expected fewer words";
	}
	return words.n ? take(spec, &words) : NULL;
}

/* One word off a line, by white space; double quotes keep it, and a backslash what follows. NULL at
 * the end. */
static char *next_word(char **at)
{
	char *from = *at + strspn(*at, " \t\r"), *to = from, *word = from;
	bool quoted = false, begun = false;

	for (; *from && (quoted || !strchr(" \t\r", *from)); from++) {
		begun = true;
		if (*from == '"')
			quoted = !quoted;
		else if (*from == '\\' && from[1])
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*at = *from ? from + 1 : from;
	*to = '\0';
	return begun && !quoted ? word : NULL;
}

/* "NAME WORD..." or "NAME = VALUE", as --NAME WORD... would be. */
static bool add_line(struct words *words, char *line)
{
	char *name = next_word(&line), *option;
	size_t before = words->n;
	char *word;

	if (!name || *name == '#')
		return true;
	option = malloc(strlen(name) + 3);
	if (!option || !add_word(words, option))
		return false;
	(void)sprintf(option, "%s%s", strncmp(name, "--", 2) ? "--" : "", name);
	while ((word = next_word(&line))) {
		if (words->n == before + 1 && !strcmp(word, "="))
			continue;
		if (!add_word(words, word))
			return false;
	}
	return true;
}

const char *from_file(struct spec *spec, const char *value)
{
	struct words words = { NULL, 0 };
	size_t len;
	int fd = open(value, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = fd < 0 ? NULL : read_all(fd, &len);

	if (fd >= 0)
		(void)close(fd);
	if (!text)
		return "expected a file that can be read";
	for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text)) {
		if (!add_line(&words, line))
			return "expected fewer words";
	}
	return words.n ? take(spec, &words) : NULL;
}
