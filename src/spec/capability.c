/* The names of <linux/capability.h>; `make` makes the list from the header. */
#include "capability.h"

#include "util.h"

#include <strings.h>

static const char *const names[] = {
#include "capability_names.h"
};

const char *capability_name(unsigned number)
{
	return number < ARRAY_SIZE(names) ? names[number] : NULL;
}

uint64_t capability_parse(const char *name)
{
	if (!strcasecmp(name, "all"))
		return CAPABILITY_ALL;
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i] && (!strcasecmp(name, names[i]) ||
				 !strcasecmp(name, names[i] + sizeof("CAP_") - 1)))
			return UINT64_C(1) << i;
	}
	return 0;
}
