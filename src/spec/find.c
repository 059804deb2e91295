/* Find a key, and set it. Pure but for what it logs. */
#include "keys.h"

#include "log.h"

#include <errno.h>

static bool same_name(const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] != (text[i] == '_' ? '-' : text[i]))
			return false;
	}
	return name[len] == '\0';
}

const struct key *key_find(enum verb verb, const char *name, size_t len)
{
	const struct key *key;

	for (size_t i = 0; (key = key_at(i)); i++) {
		if ((key->verbs & verb) && same_name(key->name, name, len))
			return key;
	}
	return NULL;
}

const struct key *key_find_letter(enum verb verb, char letter)
{
	const struct key *key;

	for (size_t i = 0; (key = key_at(i)); i++) {
		if ((key->verbs & verb) && key->letter && key->letter == letter)
			return key;
	}
	return NULL;
}

unsigned key_nwords(const struct key *key)
{
	unsigned n = key->arg ? 1 : 0;

	for (const char *c = key->arg; c && *c; c++)
		n += *c == ' ';
	return n;
}

int key_set_words(const struct key *key, struct spec *spec, const char *origin,
		  const char *const *word)
{
	const char *expected = key->set_words(spec, word);

	if (!expected)
		return 0;
	if (key_nwords(key) == 2)
		log_error("%s %s %s: %s", origin, word[0], word[1], expected);
	else
		log_error("%s %s %s %s: %s", origin, word[0], word[1], word[2], expected);
	return -EINVAL;
}

int key_set(const struct key *key, struct spec *spec, const char *origin, const char *value)
{
	const char *expected;

	spec->bad.len = 0;
	expected = key->set(spec, value);
	if (!expected)
		return 0;
	/* Said already, by the option in a file. */
	if (!*expected)
		return -EINVAL;
	if (spec->bad.len)
		log_error("%s%s: bad word %.*s: %s", origin, value, (int)spec->bad.len,
			  spec->bad.word, expected);
	else
		log_error("%s%s: %s", origin, value, expected);
	return -EINVAL;
}
