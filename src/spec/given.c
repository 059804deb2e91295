/* Remember what was given. Pure. */
#include "keys.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>

enum { STEP = 64 };

int given_add(struct given *given, const struct key *key, const char *const *word)
{
	struct given_option *option;

	if (given->n % STEP == 0) {
		struct given_option *more =
			realloc(given->option, (given->n + STEP) * sizeof(*more));

		if (!more)
			return log_errno(-ENOMEM, "cannot read the options");
		given->option = more;
	}
	option = &given->option[given->n++];
	*option = (struct given_option){ .key = key };
	for (unsigned i = 0; i < key_nwords(key) || i == 0; i++)
		option->word[i] = word[i];
	return 0;
}
