/* argv and tini's environment variables into keys. getopt(3) isn't used: it says "unrecognized
 * option" by itself, permutes, and keeps state. */
#include "front.h"

#include "keys.h"
#include "log.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *help_command(const struct spec *spec)
{
	if (spec->run.bwrap)
		return "bwrap --help";
	if (spec->verb == VERB_ENTER)
		return "cradle enter --help";
	return spec->verb == VERB_RUN ? "cradle run --help" : "cradle init --help";
}

static int complain_unknown(const struct spec *spec, const char *word)
{
	return key_complain(spec, "unknown option %s: see %s", word, help_command(spec));
}

static int complain_value(const struct spec *spec, const struct key *key, const char *word)
{
	return key_complain(spec, "%s needs a value: --%s=%s", word, key->name, key->arg);
}

/* --bind SRC DEST: words that may well begin with a dash. */
static int several_words(struct spec *spec, const struct key *key, int argc, char **argv)
{
	unsigned nwords = key_nwords(key);

	if (strchr(argv[0], '=') || (unsigned)argc <= nwords)
		return key_complain(spec, "%s needs %u words: --%s %s", argv[0], nwords, key->name,
				    key->arg);
	return key_set_words(key, spec, argv[0], (const char *const *)argv + 1) ?: (int)nwords + 1;
}

/* --name, --name=value, --name value. Returns the words used, or -EINVAL. */
static int long_option(struct spec *spec, int argc, char **argv)
{
	const char *word = argv[0], *next = argc > 1 ? argv[1] : NULL;
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct key *key = key_find(spec->verb, name, len);
	char origin[64];

	if (!key)
		return complain_unknown(spec, word);
	(void)util_put(
		util_put(util_put(origin, ARRAY_END(origin), "--"), ARRAY_END(origin), key->name),
		ARRAY_END(origin), "=");
	if (key->set_words)
		return several_words(spec, key, argc, argv);
	if (name[len] == '=')
		return key_set(key, spec, origin, name + len + 1) ?: 1;
	if (!key->arg)
		return key_set(key, spec, origin, "1") ?: 1;
	if (!next || (!spec->run.bwrap && !strcmp(next, "--")))
		return complain_value(spec, key, word);
	return key_set(key, spec, origin, next) ?: 2;
}

/* -w, -vvg, -p SIG, -pSIG */
static int short_options(struct spec *spec, const char *word, const char *next)
{
	char origin[8], letter[4];

	for (const char *c = word + 1; *c; c++) {
		const struct key *key = key_find_letter(spec->verb, *c);
		int err = 0;

		(void)snprintf(letter, sizeof(letter), "-%c", *c);
		(void)snprintf(origin, sizeof(origin), "-%c ", *c);
		if (!key)
			return complain_unknown(spec, c == word + 1 ? word : letter);
		if (key->arg && c[1])
			return key_set(key, spec, origin, c + 1) ?: 1;
		if (key->arg && (!next || !strcmp(next, "--")))
			return complain_value(spec, key, letter);
		if (key->arg)
			return key_set(key, spec, origin, next) ?: 2;
		err = key_set(key, spec, origin, "1");
		if (err)
			return err;
	}
	return 1;
}

static bool only_tells(const char *word)
{
	static const char *const words[] = { "-h", "--help", "-V", "--version", "-l", "--license" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(word, words[i]))
			return true;
	}
	return false;
}

int from_argv(struct spec *spec, int argc, char **argv)
{
	int i = 0;

	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used;

		if (spec->at.words)
			spec->at.line = (unsigned)i + 1;
		if (!strcmp(argv[i], "--"))
			return i + 1;
		if (only_tells(argv[i])) {
			spec->tell = argv[i];
			return argc;
		}
		used = argv[i][1] == '-' ? long_option(spec, argc - i, argv + i)
					 : short_options(spec, argv[i], next);
		if (used < 0)
			return used;
		i += used;
	}
	return i;
}

/* tini looks only at whether the group variable is set, and counts verbosity from 1. */
void from_environment(struct spec *spec)
{
	const char *verbosity = getenv("TINI_VERBOSITY");
	uint64_t n;

	if (getenv("TINI_KILL_PROCESS_GROUP"))
		spec->core.target = CRADLE_TARGET_GROUP;
	if (!verbosity)
		return;
	/* An image with an empty one must still start. */
	if (!util_number(verbosity, 100, &n))
		log_warn("TINI_VERBOSITY=%s is ignored: expected a number", verbosity);
	else
		spec->verbosity = n ? (unsigned)n - 1 : 0;
}
