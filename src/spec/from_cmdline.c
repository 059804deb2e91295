/* The kernel command line into keys. Pure but for what it logs. */
#include "front.h"

#include "keys.h"
#include "log.h"
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool cmdline_next(char **cursor, char **name, char **value)
{
	char *at = *cursor, *equals = NULL;
	bool in_quote = false, quoted = false;
	char *end;

	while (isspace((unsigned char)*at))
		at++;
	if (!*at)
		return false;
	if (*at == '"') {
		at++;
		in_quote = quoted = true;
	}
	*name = at;
	for (end = at; *end && (in_quote || !isspace((unsigned char)*end)); end++) {
		if (*end == '=' && !equals && end != at)
			equals = end;
		if (*end == '"')
			in_quote = !in_quote;
	}
	*cursor = *end ? end + 1 : end;
	*end = '\0';
	*value = NULL;
	if (equals) {
		*equals = '\0';
		*value = equals + 1;
		if (**value == '"') {
			(*value)++;
			quoted = true;
		}
	}
	if (quoted && end > *name && end[-1] == '"')
		end[-1] = '\0';
	return true;
}

static int set_word(struct spec *spec, const char *name, const char *value)
{
	const char *rest = util_after(name, "cradle.");
	const struct key *key;
	char origin[64];

	if (!rest)
		return 0;
	key = key_find(VERB_INIT, rest, strlen(rest));
	if (!key) {
		log_warn("kernel command line: unknown key %s is ignored", name);
		return 0;
	}
	(void)snprintf(origin, sizeof(origin), "%s=", name);
	if (!value && key->arg) {
		log_error("kernel command line: %s needs a value: cradle.%s=%s", name, key->name,
			  key->arg);
		return -EINVAL;
	}
	return key_set(key, spec, origin, value ? value : "1");
}

int from_cmdline(struct spec *spec, char *line)
{
	char *name, *value;
	int err = 0;

	while (cmdline_next(&line, &name, &value) && (value || strcmp(name, "--")))
		err = set_word(spec, name, value) ?: err;
	return err;
}

static bool same_word(const char *arg, const char *name, const char *value)
{
	const char *rest = util_after(arg, name);

	return rest && (value ? *rest == '=' && !strcmp(rest + 1, value) : !*rest);
}

int cmdline_bare_words(char *line, int argc, char **argv)
{
	char *name, *value;
	int i = 0, bare;

	while (cmdline_next(&line, &name, &value) && (value || strcmp(name, "--"))) {
		if (i < argc && same_word(argv[i], name, value))
			i++;
	}
	bare = i;
	/* The kernel parses what follows once more, and stops at a second "--". */
	while (cmdline_next(&line, &name, &value) && (value || strcmp(name, "--"))) {
		if (i == argc || !same_word(argv[i++], name, value))
			return -EINVAL;
	}
	return i == argc ? bare : -EINVAL;
}
