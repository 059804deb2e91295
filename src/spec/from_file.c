/* Options that don't stand on the command line. May read what it was told to read. */
#include "front.h"

#include "keys.h"
#include "util.h"
#include "words.h"

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

/* NULL: too many, or no memory. *n: how many. */
static char **cut(char *text, size_t len, int *n)
{
	char **words;

	*n = 0;
	for (const char *at = text; at < text + len; at += strlen(at) + 1)
		(*n)++;
	words = *n < WORDS_MAX ? calloc((size_t)*n + 1, sizeof(*words)) : NULL;
	for (int i = 0; words && i < *n; i++) {
		words[i] = text;
		text += strlen(text) + 1;
	}
	return words;
}

/* Only options: an agent belongs to the command line. bwrap doesn't look at the rest. */
static const char *take(struct spec *spec, char *text, size_t len)
{
	int n, used;
	char **words = cut(text, len, &n);

	if (!words)
		return "expected fewer words";
	used = from_argv(spec, n, words);
	spec->at.line = (unsigned)used + 1;
	if (used >= 0 && used < n && !spec->run.bwrap)
		used = key_complain(spec, "%s: expected an option", words[used]);
	free(words);
	return used < 0 ? said : NULL;
}

const char *from_fd(struct spec *spec, const char *value)
{
	static unsigned nested;
	const char *wrong;
	char name[32];
	uint64_t fd;
	size_t len;
	char *text = util_number(value, INT32_MAX, &fd) ? read_all((int)fd, &len) : NULL;

	if (!text)
		return "expected the number of a descriptor that can be read";
	if (nested == NESTED_MAX)
		return "expected words that don't lead to each other";
	(void)close((int)fd);
	(void)snprintf(name, sizeof(name), "descriptor %d", (int)fd);
	__typeof__(spec->at) before = spec->at;

	spec->at.file = name;
	spec->at.words = true;
	nested++;
	wrong = take(spec, text, len);
	nested--;
	spec->at = before;
	return wrong;
}

enum { LINE_WORDS = KEY_WORDS + 1 };

static int wrong_number(const struct spec *spec, const struct key *key)
{
	if (!key->arg)
		return key_complain(spec, "%s: expected it alone, or %s = 0", key->name, key->name);
	return key_complain(spec, "%s: expected it as: %s %s", key->name, key->name, key->arg);
}

/* "NAME WORD...", "NAME = VALUE" or "NAME=VALUE", the dashes before it or not. */
static int set_line(struct spec *spec, char *name, const char **word, unsigned n)
{
	const char *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct key *key = key_find(spec->verb, name, len);
	char origin[64];

	if (!key)
		return key_complain(spec, "unknown option %s", name);
	if (value && !n)
		word[n++] = value + 1;
	else if (!value && n == 2 && !key->set_words && !strcmp(word[0], "="))
		word[--n - 1] = word[1];
	(void)snprintf(origin, sizeof(origin), "%s ", key->name);
	if (!key->arg && !n)
		return key_set(key, spec, origin, "1");
	if (n != (key->arg ? key_nwords(key) : value || n ? 1 : 0))
		return wrong_number(spec, key);
	return key->set_words ? key_set_words(key, spec, key->name, word)
			      : key_set(key, spec, origin, word[0]);
}

static int take_line(struct spec *spec, char *line)
{
	const char *word[LINE_WORDS] = { NULL };
	bool open = false;
	char *name = words_next(&line, &open);
	const char *more;
	unsigned n = 0;

	if (!name || *name == '#')
		return 0;
	while ((more = words_next(&line, &open))) {
		if (n == LINE_WORDS)
			return key_complain(spec, "%s: expected fewer words", name);
		word[n++] = more;
	}
	if (open)
		return key_complain(spec, "%s: expected a closing quote", name);
	return set_line(spec, name + (strncmp(name, "--", 2) ? 0 : 2), word, n);
}

static const char *take_lines(struct spec *spec, char *text, size_t len)
{
	char *end = text + len;
	int err = 0;

	if (memchr(text, '\0', len))
		return "expected a text file";
	for (char *line = text; line < end && !err;) {
		char *stop = line + strcspn(line, "\n");

		*stop = '\0';
		spec->at.line++;
		err = take_line(spec, line);
		line = stop + 1;
	}
	return err ? said : NULL;
}

const char *from_file(struct spec *spec, const char *value)
{
	static unsigned nested;
	const char *wrong;
	size_t len;
	int fd = open(value, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = fd < 0 ? NULL : read_all(fd, &len);
	__typeof__(spec->at) before = spec->at;

	if (fd >= 0)
		(void)close(fd);
	if (!text)
		return "expected a file that can be read";
	if (nested == NESTED_MAX)
		return "expected files that don't name each other";
	spec->at.file = value;
	spec->at.line = 0;
	spec->at.words = false;
	nested++;
	wrong = take_lines(spec, text, len);
	nested--;
	spec->at = before;
	return wrong;
}
