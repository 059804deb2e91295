/* keys.h - the one option table. */
#ifndef SPEC_KEYS_H
#define SPEC_KEYS_H

#include "spec.h"

struct key {
	const char *name; /* --name=, cradle.name= */
	char letter;      /* 0: none */
	unsigned verbs;   /* enum verb, or-ed: who has it */
	const char *arg;  /* how its words are called in the help; NULL: a flag */
	const char *help;
	/* Returns NULL, or what was expected instead of value. A flag gets "1" or "0". */
	const char *(*set)(struct spec *spec, const char *value);
	/* The same where arg is several words, which can't be written with a '='. */
	const char *(*set_words)(struct spec *spec, const char *const *word);
};

enum { KEY_WORDS = 3 };

/* How many words arg has. */
unsigned key_nwords(const struct key *key);

/* NULL when there is none of that name for that verb. '_' is read as '-', as the kernel does in its
 * parameters. */
const struct key *key_find(enum verb verb, const char *name, size_t len);
const struct key *key_find_letter(enum verb verb, char letter);

/* All of them in the order of the help; NULL after the last. */
const struct key *key_at(size_t i);

/* Say what is wrong with an option, with the file and line it stands in. Returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int key_complain(const struct spec *spec, const char *fmt,
						       ...);

/* Remember what was set, for --dry-run. 0, or -ENOMEM after saying so. */
int given_add(struct given *given, const struct key *key, const char *const *word);

/* Set one of several words. origin is what the user wrote before them. */
int key_set_words(const struct key *key, struct spec *spec, const char *origin,
		  const char *const *word);

/* Set one. origin is what the user wrote before the value, such as "--grace=" or "cradle.grace=".
 * Returns 0, or -EINVAL after a line that names the word and what was expected. */
int key_set(const struct key *key, struct spec *spec, const char *origin, const char *value);

/* The help of all keys of the verb, to fd 1. */
void keys_help(enum verb verb);

#endif
