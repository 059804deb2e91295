/* The one table of what can be given up. Pure. */
#include "best_effort.h"

#include <string.h>

static const char *const names[BEST_KINDS] = { "memory", "pids",    "cpus",
					       "rlimit", "keyring", "landlock" };

const char *best_effort_name(unsigned number)
{
	return number < BEST_KINDS ? names[number] : "";
}

static int find(const char *word, size_t len)
{
	for (int i = 0; i < BEST_KINDS; i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], word, len))
			return i;
	}
	return -1;
}

const char *best_effort_parse(unsigned *bits, const char *list)
{
	unsigned found = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		int i = find(list, len);

		if (i < 0)
			return "expected a comma list of memory, pids, cpus, rlimit, keyring, "
			       "landlock";
		found |= 1U << i;
		if (!list[len])
			break;
		list += len + 1;
	}
	*bits |= found;
	return NULL;
}
