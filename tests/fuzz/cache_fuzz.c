/* A cache entry may be anything; what is read is written so that it is read again. */
#include "fuzz.h"

#include "cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cache_entry entry;
	/* As cached.c has it: from malloc(3), so aligned. */
	void *bytes = malloc(size + 1), *again;
	struct cache_entry second;

	if (size)
		memcpy(bytes, data, size);
	if (cache_decode(&entry, bytes, size)) {
		again = malloc(size);
		if (cache_encode(&entry, again, size) != size ||
		    !cache_decode(&second, again, size) || second.len != entry.len ||
		    second.ninputs != entry.ninputs ||
		    memcmp(second.insn, entry.insn, entry.len * sizeof(entry.insn[0])) != 0)
			abort();
		free(again);
	}
	free(bytes);
	return 0;
}
