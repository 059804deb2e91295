/* SOURCE:TARGET[:TYPE[:OPTIONS]], the order that docker -v taught everybody. */
#include "mountspec.h"

#include <string.h>
#include <stdlib.h>

static const char expected[] = "expected SOURCE:TARGET[:TYPE[:OPTIONS]] with an absolute TARGET";

/* Take nofail, which is fstab's and not the kernel's, out of a comma list. */
static bool take_nofail(char *options)
{
	char *at = options;
	bool found = false;

	while (*at) {
		size_t len = strcspn(at, ",");

		if (len == strlen("nofail") && !memcmp(at, "nofail", len)) {
			char *next = at + len + (at[len] == ',');

			memmove(at, next, strlen(next) + 1);
			found = true;
			continue;
		}
		at += len + (at[len] == ',');
	}
	if (at > options && at[-1] == ',')
		at[-1] = '\0';
	return found;
}

const char *mountspec_parse(struct spec_mount *mount, const char *value)
{
	char *parts[4] = { NULL };
	char *copy = strdup(value), *rest = copy;
	const char *wrong = NULL;

	if (!copy)
		return "expected less: there is no memory";
	/* Options may hold colons (an overlay's lowerdir), so only three cuts are made. */
	for (unsigned i = 0; i < 4 && rest; i++) {
		parts[i] = rest;
		rest = i < 3 ? strchr(rest, ':') : NULL;
		if (rest)
			*rest++ = '\0';
	}
	if (!parts[1] || !*parts[0] || *parts[1] != '/')
		wrong = expected;
	else if (!parts[2] && !strncmp(parts[0], "/dev/", 5))
		wrong = "expected SOURCE:TARGET:TYPE, a device needs the type of its file system";
	if (wrong) {
		free(copy);
		return wrong;
	}
	mount->source = parts[0];
	mount->target = parts[1];
	mount->type = parts[2] && *parts[2] ? parts[2] : *parts[0] == '/' ? "bind" : parts[0];
	mount->options = parts[3] ? parts[3] : "";
	mount->nofail = parts[3] && take_nofail(parts[3]);
	return NULL;
}
