/* Find a key, and set it. Pure but for what it logs. */
#include "keys.h"

#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

int key_complain(const struct spec *spec, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!spec->at.file)
		log_error("%s", text);
	else if (spec->at.words)
		log_error("%s, word %u: %s", spec->at.file, spec->at.line, text);
	else
		log_error("%s:%u: %s", spec->at.file, spec->at.line, text);
	return -EINVAL;
}

/* What --perms and its like wait for can't be any option. */
static int check_order(const struct key *key, struct spec *spec)
{
	const char *unused =
		spec->verb == VERB_RUN ? plan_unused(&spec->run.plan, key->name) : NULL;

	return unused ? key_complain(spec, "%s", unused) : 0;
}

/* Enough to see that an option changed a plan, as none changes an operation that is there. */
enum { PLAN_HEAD = offsetof(struct plan, first) };

/* What became part of the plan of mounts is told by that. */
static int remember(const struct key *key, struct spec *spec, const char before[PLAN_HEAD],
		    const char *const *word)
{
	if (spec->verb != VERB_RUN || memcmp(before, &spec->run.plan, PLAN_HEAD) != 0)
		return 0;
	return given_add(&spec->run.given, key, word);
}

int key_set_words(const struct key *key, struct spec *spec, const char *origin,
		  const char *const *word)
{
	char before[PLAN_HEAD];
	const char *expected;

	memcpy(before, &spec->run.plan, PLAN_HEAD);
	expected = key->set_words(spec, word);
	if (!expected)
		return check_order(key, spec) ?: remember(key, spec, before, word);
	if (key_nwords(key) == 2)
		return key_complain(spec, "%s %s %s: %s", origin, word[0], word[1], expected);
	return key_complain(spec, "%s %s %s %s: %s", origin, word[0], word[1], word[2], expected);
}

int key_set(const struct key *key, struct spec *spec, const char *origin, const char *value)
{
	const char *expected;
	char before[PLAN_HEAD];

	memcpy(before, &spec->run.plan, PLAN_HEAD);
	spec->bad.len = 0;
	expected = key->set(spec, value);
	if (!expected)
		return check_order(key, spec) ?: remember(key, spec, before, &value);
	/* Said already, by the option in a file. */
	if (!*expected)
		return -EINVAL;
	if (spec->bad.len)
		return key_complain(spec, "%s%s: bad word %.*s: %s", origin, value,
				    (int)spec->bad.len, spec->bad.word, expected);
	return key_complain(spec, "%s%s: %s", origin, value, expected);
}
