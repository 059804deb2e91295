/* What a run did. Pure; where memory ends, memory_grow() ends the program. */
#include "learn_record.h"

#include "memory.h"
#include "names.h"
#include "width.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* As a policy compares them, so that what differs in bits that the kernel ignores is the same. */
static void take_values(uint64_t value[TERMS], int nr, const uint64_t args[POLICY_ARGS])
{
	const char *name = policy_call_name(nr);
	const struct learn_terms *terms = name ? learn_terms(name) : NULL;

	memset(value, 0, TERMS * sizeof(value[0]));
	for (unsigned i = 0; terms && i < terms->nterms; i++) {
		unsigned arg = terms->term[i].arg;
		uint64_t read = policy_width_low(nr, arg) ? UINT32_MAX : UINT64_MAX;

		value[i] = args[arg] & terms->term[i].mask & read;
	}
}

void learn_add(unsigned long *sum, unsigned long count)
{
	if (__builtin_add_overflow(*sum, count, sum))
		*sum = ULONG_MAX;
}

void learn_note(struct learn_record *record, int nr, const uint64_t args[POLICY_ARGS],
		unsigned long count)
{
	struct learn_use use = { .nr = nr, .count = count };

	take_values(use.value, nr, args);
	for (size_t i = 0; i < record->nuses; i++) {
		struct learn_use *known = &record->use[i];

		if (known->nr != nr || memcmp(known->value, use.value, sizeof(use.value)) != 0)
			continue;
		learn_add(&known->count, count);
		return;
	}
	record->use = memory_grow(record->use, record->nuses + 1, sizeof(use));
	record->use[record->nuses++] = use;
}

void learn_note_arch(struct learn_record *record, uint32_t arch)
{
	for (unsigned i = 0; i < record->narchs; i++) {
		if (record->arch[i] == arch)
			return;
	}
	if (record->narchs < POLICY_ARCHS)
		record->arch[record->narchs++] = arch;
}

void learn_keep(struct learn_record *record, const char *line, size_t len)
{
	record->kept = memory_grow(record->kept, record->kept_len + len + 2, 1);
	memcpy(record->kept + record->kept_len, line, len);
	record->kept_len += len;
	record->kept[record->kept_len++] = '\n';
	record->kept[record->kept_len] = '\0';
}

static int by_name(const void *a, const void *b)
{
	const struct learn_use *one = a, *other = b;
	int order = strcmp(policy_call_name(one->nr), policy_call_name(other->nr));

	for (unsigned i = 0; i < TERMS && !order; i++)
		order = (one->value[i] > other->value[i]) - (one->value[i] < other->value[i]);
	return order;
}

void learn_sort(struct learn_record *record)
{
	if (record->nuses)
		qsort(record->use, record->nuses, sizeof(*record->use), by_name);
}

void learn_finish(struct learn_record *record)
{
	free(record->use);
	free(record->kept);
	free(record->otherwise);
	memset(record, 0, sizeof(*record));
}
