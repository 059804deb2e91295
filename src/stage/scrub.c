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
	static _Alignas(char *) char few[8192];
	static size_t used;
	size_t n = 0, bytes = 0;
	char **copy, *at;

	for (; list[n]; n++)
		bytes += strlen(list[n]) + 1;
	bytes = ((n + 1) * sizeof(*copy) + bytes + sizeof(*copy) - 1) & ~(sizeof(*copy) - 1);
	copy = bytes <= sizeof(few) - used ? (char **)(void *)(few + used) : malloc(bytes);
	if (!copy)
		return NULL;
	if ((char *)copy == few + used)
		used += bytes;
	at = (char *)(copy + n + 1);
	for (size_t i = 0; i < n; i++) {
		copy[i] = strcpy(at, list[i]);
		at += strlen(at) + 1;
	}
	copy[n] = NULL;
	return copy;
}

int scrub(struct spec *spec)
{
	char **argv = copy_list(spec->core.argv), **envp = copy_list(spec->core.envp);
	char *from = spec->run.argv_start, *to = from;

	if (!argv || !envp)
		return -ENOMEM;
	spec->core.argv = argv;
	spec->core.envp = envp;
	/* The kernel lays them out one after the other: argv, then environ (binfmt_elf.c). */
	for (char **e = environ; *e; e++) {
		if (*e >= to)
			to = *e + strlen(*e);
	}
	if (from && to > from)
		memset(from, 0, (size_t)(to - from));
	if (from && to > from + sizeof("cradle"))
		memcpy(from, "cradle", sizeof("cradle"));
	environ = envp;
	return 0;
}
