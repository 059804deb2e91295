/* Remember what was given. Pure. */
#include "keys.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first few need no memory. */
static bool grow(struct given *given)
{
	bool first = given->option == given->first;
	struct given_option *more;

	if (!given->n) {
		given->option = given->first;
		return true;
	}
	more = realloc(first ? NULL : given->option, (given->n + GIVEN_FIRST) * sizeof(*more));
	if (!more)
		return false;
	if (first)
		memcpy(more, given->first, sizeof(given->first));
	given->option = more;
	return true;
}

int given_add(struct given *given, const struct key *key, const char *const *word)
{
	struct given_option *option;

	if (given->n % GIVEN_FIRST == 0 && !grow(given))
		return log_errno(-ENOMEM, "cannot read the options");
	option = &given->option[given->n++];
	*option = (struct given_option){ .key = key };
	for (unsigned i = 0; i < key_nwords(key) || i == 0; i++)
		option->word[i] = word[i];
	return 0;
}
