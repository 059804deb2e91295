/* Sets of system calls, as policies/groups has them. */
#include "groups.h"

#include "memory.h"
#include "names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The file, as make has built it in. */
static const char text[] =
#include "policy_groups.h"
	;

enum { MAX_GROUPS = 64, MAX_DEPTH = 4 };

static struct policy_group group[MAX_GROUPS];
static size_t ngroups;

/* Numbers while a group is collected. */
struct numbers {
	int *nr;
	size_t n;
};

static void add(struct numbers *numbers, int nr)
{
	numbers->nr = memory_grow(numbers->nr, numbers->n + 1, sizeof(nr));
	numbers->nr[numbers->n++] = nr;
}

static void add_every(struct numbers *numbers)
{
	int nr = INT_MIN;

	while (policy_next_call(&nr, true))
		add(numbers, nr);
}

static void add_group(struct numbers *numbers, const char *name, size_t len, int depth);

static void add_word(struct numbers *numbers, const char *word, size_t len, int depth)
{
	char name[64] = "";
	int nr;

	if (len >= sizeof(name))
		return;
	memcpy(name, word, len);
	if (name[0] == '@' && depth < MAX_DEPTH) {
		add_group(numbers, word, len, depth + 1);
		return;
	}
	if (!strcmp(name, "*")) {
		add_every(numbers);
		return;
	}
	/* An older libseccomp knows less: then the group is smaller. */
	nr = policy_call_number(name);
	if (nr != POLICY_NO_CALL)
		add(numbers, nr);
}

/* at is where the name ends; the words go on up to the next line that isn't indented. */
static void add_words(struct numbers *numbers, const char *at, int depth)
{
	at = strchrnul(at, '\n');
	while (*at == '\n' && at[1] == '\t') {
		at++;
		while (*at && *at != '\n') {
			size_t len;

			at += strspn(at, "\t ");
			len = strcspn(at, "\n\t ");
			add_word(numbers, at, len, depth);
			at += len;
		}
	}
}

static void add_group(struct numbers *numbers, const char *name, size_t len, int depth)
{
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, name, len) && at[len] == ':') {
			add_words(numbers, at, depth);
			return;
		}
	}
}

static int ascending(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void sort_once(struct numbers *numbers)
{
	size_t n = 0;

	qsort(numbers->nr, numbers->n, sizeof(numbers->nr[0]), ascending);
	for (size_t i = 0; i < numbers->n; i++) {
		if (!n || numbers->nr[i] != numbers->nr[n - 1])
			numbers->nr[n++] = numbers->nr[i];
	}
	numbers->n = n;
}

static const char *cut(const char *from, const char *to)
{
	char *copy = memory_grow(NULL, (size_t)(to - from) + 1, 1);

	memcpy(copy, from, (size_t)(to - from));
	copy[to - from] = '\0';
	return copy;
}

/* Kept until the end: there is one table per program. */
static void collect(void)
{
	for (const char *at = text; at && ngroups < MAX_GROUPS; at = strchr(at, '\n')) {
		struct numbers numbers = { 0 };
		const char *colon;

		at += *at == '\n';
		if (*at != '@')
			continue;
		colon = strchrnul(at, ':');
		add_words(&numbers, at, 0);
		sort_once(&numbers);
		group[ngroups++] = (struct policy_group){
			.name = cut(at, colon),
			.about = cut(colon + 2, strchrnul(at, '\n')),
			.nr = numbers.nr,
			.ncalls = numbers.n,
		};
	}
}

const struct policy_group *policy_groups(size_t *n)
{
	if (!ngroups)
		collect();
	*n = ngroups;
	return group;
}

const struct policy_group *policy_group(const char *name)
{
	size_t n;
	const struct policy_group *all = policy_groups(&n);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(all[i].name, name))
			return &all[i];
	}
	return NULL;
}
