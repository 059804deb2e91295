/* The kernel command line: any text may stand there. */
#include "fuzz.h"

#include "front.h"

/* The words after the first new line are argv. */
static int words(char *text, char **argv, int room)
{
	int n = 0;

	for (char *word = strtok(text, " "); word && n < room; word = strtok(NULL, " "))
		argv[n++] = word;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spec spec;
	char *line = text_of(data, size), *copy = text_of(data, size);
	char *rest = strchr(copy, '\n');
	char *argv[64];
	int argc = 0;

	memset(&spec, 0, sizeof(spec));
	spec.verb = VERB_INIT;
	spec.world = WORLD_VM;
	if (rest) {
		*rest++ = '\0';
		argc = words(rest, argv, 64);
	}
	if (cmdline_bare_words(copy, argc, argv) > argc)
		abort();
	(void)from_cmdline(&spec, line);
	spec_finish(&spec);
	(void)spec_check(&spec);
	free(copy);
	free(line);
	return 0;
}
