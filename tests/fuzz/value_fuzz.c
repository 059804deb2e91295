/* The values of options that have a language of their own; the first byte says which. What
 * words_put writes, words_next must read. */
#include "fuzz.h"

#include "capability.h"
#include "channel.h"
#include "mountspec.h"
#include "namespaces.h"
#include "net.h"
#include "netmode.h"
#include "util.h"
#include "words.h"

#include <stdbool.h>

static void round_trip(const char *text)
{
	size_t size = 2 * strlen(text) + 16;
	char *line = malloc(size), *at = line;
	size_t len = words_put(line, size, 0, text);
	bool open = false;
	const char *word;

	if (len >= size)
		abort();
	word = words_next(&at, &open);
	if (open || !word || strcmp(word, text) || words_next(&at, &open))
		abort();
	free(line);
}

static void read_line(char *text)
{
	bool open = false;

	while (words_next(&text, &open))
		;
}

static void parse(unsigned which, char *text)
{
	struct spec_mount mount;
	struct spec_report report;
	struct net_spec net;
	struct spec_net mode = { 0 };
	struct idmap map;
	uint64_t number;
	const char *word;
	size_t len;
	unsigned ms;

	switch (which % 8) {
	case 0:
		if (!mountspec_parse(&mount, text))
			free((char *)mount.source);
		break;
	case 1:
		(void)idmap_parse(&map, text);
		break;
	case 2:
		(void)net_parse(&net, text, &word, &len);
		(void)netmode_parse(&mode, text, &word, &len);
		break;
	case 3:
		(void)channel_parse(&report, text);
		break;
	case 4:
		(void)util_time(text, &ms);
		(void)util_number(text, UINT64_MAX, &number);
		(void)util_signal(text, strlen(text));
		break;
	case 5:
		(void)capability_parse(text);
		break;
	case 6:
		round_trip(text);
		break;
	default:
		read_line(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = text_of(data + 1, size - 1);
	parse(data[0], text);
	free(text);
	return 0;
}
