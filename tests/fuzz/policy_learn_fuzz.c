/* A learnt file that is merged with: people edit it. What is written must be read back as the same,
 * and allow what was seen. */
#include "fuzz.h"

#include "../learn_text.h"

#include <stdio.h>

static FILE *nowhere;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct policy_context context = { .kernel_major = 6, .errors = nowhere };
	struct learn_record record = { 0 }, again = { 0 };
	char *text = text_of(data, size), *once, *twice;

	if (!nowhere)
		nowhere = fopen("/dev/null", "we");
	if (learn_read(&record, "fuzz", text, &context) == 0) {
		once = write_text(&record);
		if (learn_read(&again, "fuzz", once, &context) < 0)
			abort();
		twice = write_text(&again);
		if (strcmp(once, twice) != 0) {
			(void)printf("--- once\n%s--- twice\n%s", once, twice);
			(void)fflush(stdout);
			abort();
		}
		free(once);
		free(twice);
	}
	learn_finish(&record);
	learn_finish(&again);
	free(text);
	return 0;
}
