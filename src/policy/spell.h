/* spell.h - what a misspelt word may have meant. Pure. */
#ifndef POLICY_SPELL_H
#define POLICY_SPELL_H

#include <stddef.h>

struct spelling {
	const char *word;
	size_t len;
	const char *best; /* the nearest of what was offered so far; NULL: none is near */
	size_t distance;
};

/* Begin for a word; then offer all that it could be. */
void spell_begin(struct spelling *spelling, const char *word, size_t len);
void spell_offer(struct spelling *spelling, const char *candidate);

#endif
