/* words.h - how a configuration file writes a word. Reader and writer side by side. */
#ifndef SPEC_WORDS_H
#define SPEC_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* One word off a line, in place. White space ends it; double quotes keep that, and in or out of
 * them a backslash keeps what follows, but \n is a new line. *at moves on. NULL at the end of the
 * line; *open becomes true if a quote was never closed. */
char *words_next(char **at, bool *open);

/* Append a word so that words_next reads the same. Returns the length of the text, or size where
 * there was no room. */
size_t words_put(char *text, size_t size, size_t len, const char *word);

#endif
