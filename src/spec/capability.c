/* The names of <linux/capability.h>; `make` makes the list from the header. */
#include "capability.h"

#include "util.h"

#include <string.h>
#include <strings.h>

static const char *const names[] = {
#include "capability_names.h"
};

const char *capability_name(unsigned number)
{
	return number < ARRAY_SIZE(names) ? names[number] : NULL;
}

static bool is_word(const char *name, const char *word, size_t len)
{
	return strlen(name) == len && !strncasecmp(name, word, len);
}

static uint64_t parse_one(const char *word, size_t len)
{
	if (is_word("all", word, len))
		return CAPABILITY_ALL;
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i] && (is_word(names[i], word, len) ||
				 is_word(names[i] + sizeof("CAP_") - 1, word, len)))
			return UINT64_C(1) << i;
	}
	return 0;
}

uint64_t capability_parse(const char *list)
{
	uint64_t all = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		uint64_t one = parse_one(list, len);

		if (!one)
			return 0;
		all |= one;
		if (!list[len])
			return all;
		list += len + 1;
	}
}
