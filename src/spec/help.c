/* The table as help. May only write to fd 1. */
#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Long words push the text to the next line, as getopt programs do. */
static void help_line(const struct key *key)
{
	char left[96];
	const char *text = key->help;
	int n;

	n = snprintf(left, sizeof(left), key->letter ? "  -%c, --%s%s%s" : "  %c   --%s%s%s",
		     key->letter ? key->letter : ' ', key->name, key->arg ? "=" : "",
		     key->arg ? key->arg : "");
	(void)dprintf(STDOUT_FILENO, "%s%*s", left, n < 30 ? 30 - n : 0, "");
	if (n >= 30)
		(void)dprintf(STDOUT_FILENO, "\n%30s", "");
	for (const char *nl; (nl = strchr(text, '\n')); text = nl + 1)
		(void)dprintf(STDOUT_FILENO, "%.*s\n%30s", (int)(nl - text), text, "");
	(void)dprintf(STDOUT_FILENO, "%s\n", text);
}

void keys_help(enum verb verb)
{
	const struct key *key;

	for (size_t i = 0; (key = key_at(i)); i++) {
		if (key->verbs & verb)
			help_line(key);
	}
}
