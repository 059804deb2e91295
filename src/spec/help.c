/* The table as help. May only write to fd 1. */
#include "keys.h"

#include "util.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Which option each group begins with, in the order of the table. Arrays, as a pointer in the table
 * would cost every start a relocation. */
static const struct {
	char first[16], heading[40];
} groups[] = {
	{ "subreaper", "Signals and processes" },
	{ "grace", "Stopping and ending" },
	{ "verbose", "Telling" },
	{ "world", "Before the agent starts" },
	{ "root", "Root file system" },
	{ "bind", "Mounts and files, in the order given" },
	{ "unshare-user", "Namespaces" },
	{ "net", "Network" },
	{ "uid", "Users and rights" },
	{ "setenv", "The agent" },
	{ "memory", "Limits" },
	{ "name", "Following and steering" },
	{ "config", "Where options come from" },
};

/* Long words push the text to the next line, as getopt programs do. */
static void help_line(const struct key *key)
{
	char left[96];
	const char *text = key->help;
	int n;

	n = snprintf(left, sizeof(left), key->letter ? "  -%c, --%s%s%s" : "  %c   --%s%s%s",
		     key->letter ? key->letter : ' ', key->name,
		     !key->arg        ? ""
		     : key->set_words ? " "
				      : "=",
		     key->arg ? key->arg : "");
	(void)dprintf(STDOUT_FILENO, "%s%*s", left, n < 30 ? 30 - n : 0, "");
	if (n >= 30)
		(void)dprintf(STDOUT_FILENO, "\n%30s", "");
	for (const char *nl; (nl = strchr(text, '\n')); text = nl + 1)
		(void)dprintf(STDOUT_FILENO, "%.*s\n%30s", (int)(nl - text), text, "");
	(void)dprintf(STDOUT_FILENO, "%s\n", text);
}

/* A name may stand in the table twice, for different verbs: only the next group is looked for. */
void keys_help(enum verb verb)
{
	const char *heading = NULL, *gap = "";
	const struct key *key;
	size_t next = 0;

	for (size_t i = 0; (key = key_at(i)); i++) {
		if (next < ARRAY_SIZE(groups) && !strcmp(key->name, groups[next].first))
			heading = groups[next++].heading;
		if (!(key->verbs & verb))
			continue;
		if (heading)
			(void)dprintf(STDOUT_FILENO, "%s%s:\n", gap, heading);
		heading = NULL;
		gap = "\n";
		help_line(key);
	}
}
