/* A line of /proc/PID/mountinfo. May not allocate or make a system call. */
#include "mountinfo.h"

#include "util.h"

#include <stddef.h>
#include <string.h>

/* Blanks and the like are octal. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*to = *text;
		}
	}
	*to = '\0';
}

/* Of a source without a name there is an empty word, so blanks aren't skipped. */
static char *next_word(char **rest)
{
	return strsep(rest, " \n");
}

/* id parent major:minor root at options [optional]... - type source super-options */
bool mountinfo_parse(char *line, struct mountinfo *mount)
{
	char *word[6], *tail = strstr(line, " - ");

	if (!tail)
		return false;
	*tail = '\0';
	tail += 3;
	for (unsigned i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] = next_word(&line);
		if (!word[i])
			return false;
	}
	*mount = (struct mountinfo){ .root = word[3], .at = word[4], .options = word[5] };
	mount->type = next_word(&tail);
	(void)next_word(&tail);
	mount->super_options = next_word(&tail);
	unescape(mount->root);
	unescape(mount->at);
	return true;
}
