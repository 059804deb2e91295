/* cradle policy groups: which sets of calls there are, and what is in them. */
#include "cradle.h"
#include "groups.h"
#include "log.h"
#include "memory.h"
#include "names.h"
#include "spell.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: cradle policy groups [@GROUP]...\n"
	"\n"
	"Lists the groups of calls that policies may name, or the calls of some.\n"
	"\n"
	"  -h, --help  this text\n";

static void list_groups(void)
{
	size_t n;
	const struct policy_group *group = policy_groups(&n);

	for (size_t i = 0; i < n; i++)
		(void)printf("%-16s %4zu  %s\n", group[i].name, group[i].ncalls, group[i].about);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A call per line, so that grep and comm can work on it. */
static void list_calls(const struct policy_group *group)
{
	const char **names = memory_grow(NULL, group->ncalls, sizeof(*names));

	for (size_t i = 0; i < group->ncalls; i++)
		names[i] = policy_call_name(group->nr[i]);
	qsort(names, group->ncalls, sizeof(*names), by_name);
	for (size_t i = 0; i < group->ncalls; i++)
		(void)puts(names[i]);
	free(names);
}

static int no_such_group(const char *name)
{
	struct spelling spelling;
	size_t n;
	const struct policy_group *group = policy_groups(&n);

	spell_begin(&spelling, name, strlen(name));
	for (size_t i = 0; i < n; i++)
		spell_offer(&spelling, group[i].name);
	if (spelling.best)
		log_error("no group %s, did you mean %s?", name, spelling.best);
	else
		log_error("no group %s: cradle policy groups lists them", name);
	return CRADLE_EXIT_FAILURE;
}

int verb_groups(int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		(void)fputs(usage, stdout);
		return 0;
	}
	if (argc == 1)
		list_groups();
	for (int i = 1; i < argc; i++) {
		const struct policy_group *group = policy_group(argv[i]);

		if (!group)
			return no_such_group(argv[i]);
		list_calls(group);
	}
	return 0;
}
