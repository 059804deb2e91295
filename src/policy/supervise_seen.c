/* Remember what was told. Pure; where memory ends, memory_grow() ends the program. */
#include "supervise_seen.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_grow(NULL, size, 1), text, size);
}

struct seen_call *seen_count(struct seen *seen, const char *name)
{
	struct seen_call *call;

	for (size_t i = 0; i < seen->ncalls; i++) {
		call = &seen->call[i];
		if (!strcmp(call->name, name)) {
			call->count++;
			return call;
		}
	}
	seen->call = memory_grow(seen->call, seen->ncalls + 1, sizeof(*seen->call));
	call = &seen->call[seen->ncalls++];
	*call = (struct seen_call){ .name = copy(name), .count = 1 };
	return call;
}

bool seen_is_new(struct seen *seen, struct seen_call *call, const char *key)
{
	if (call->reported == SEEN_PER_CALL)
		return false;
	for (size_t i = 0; i < seen->nkeys; i++) {
		if (!strcmp(seen->key[i], key))
			return false;
	}
	seen->key = memory_grow(seen->key, seen->nkeys + 1, sizeof(*seen->key));
	seen->key[seen->nkeys++] = copy(key);
	call->reported++;
	return true;
}

void seen_finish(struct seen *seen)
{
	for (size_t i = 0; i < seen->ncalls; i++)
		free(seen->call[i].name);
	for (size_t i = 0; i < seen->nkeys; i++)
		free(seen->key[i]);
	free(seen->call);
	free(seen->key);
	memset(seen, 0, sizeof(*seen));
}
