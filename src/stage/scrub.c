/* Command line and environment of PID 1, which hold what was asked for and often secrets. May write
 * over the strings that the kernel put on our stack. */
#include "enter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* A copy of a list with all its strings, in one piece. */
static char **copy_list(char *const *list)
{
	static _Alignas(char *) char few[1024];
	size_t n = 0, bytes = 0;
	char **copy, *at;

	for (; list[n]; n++)
		bytes += strlen(list[n]) + 1;
	bytes += (n + 1) * sizeof(*copy);
	copy = bytes <= sizeof(few) ? (char **)(void *)few : malloc(bytes);
	if (!copy)
		return NULL;
	at = (char *)(copy + n + 1);
	for (size_t i = 0; i < n; i++) {
		copy[i] = at;
		at = stpcpy(at, list[i]) + 1;
	}
	copy[n] = NULL;
	return copy;
}

int scrub_words(struct spec *spec)
{
	char **argv = copy_list(spec->core.argv);
	char *start = spec->run.argv_start;
	size_t len = start ? (size_t)(spec->run.argv_end - start) : 0;

	if (!argv)
		return -ENOMEM;
	spec->core.argv = argv;
	if (len)
		memset(start, 0, len);
	if (len >= sizeof("cradle"))
		memcpy(start, "cradle", sizeof("cradle"));
	return 0;
}

void scrub_environment(const struct spec *spec)
{
	static char *nothing[1];

	/* It gets the same strings again. */
	if (spec->core.flags & (CRADLE_RESTART_SUCCESS | CRADLE_RESTART_FAILURE))
		return;
	for (char **e = environ; *e; e++)
		memset(*e, 0, strlen(*e));
	environ = nothing;
}
