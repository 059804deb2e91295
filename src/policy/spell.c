/* What a misspelt word may have meant: the nearest by insertions, deletions, replacements and
 * swapped neighbours (Damerau's distance, restricted). */
#include "spell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORD = 40 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t d = a < b ? a : b;

	return c < d ? c : d;
}

static size_t distance(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t row[MAX_WORD + 1][MAX_WORD + 1];

	for (size_t i = 0; i <= alen; i++)
		row[i][0] = i;
	for (size_t j = 0; j <= blen; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= alen; i++) {
		for (size_t j = 1; j <= blen; j++) {
			bool same = a[i - 1] == b[j - 1];

			row[i][j] = least(row[i - 1][j] + 1, row[i][j - 1] + 1,
					  row[i - 1][j - 1] + !same);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1, row[i][j]);
		}
	}
	return row[alen][blen];
}

void spell_begin(struct spelling *spelling, const char *word, size_t len)
{
	*spelling = (struct spelling){ .word = word, .len = len };
}

/* How many letters both begin with. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

void spell_offer(struct spelling *spelling, const char *candidate)
{
	size_t len = strlen(candidate), found;

	if (len > MAX_WORD || spelling->len > MAX_WORD)
		return;
	found = distance(spelling->word, spelling->len, candidate, len);
	/* With more than a third of the letters wrong a guess is no help. */
	if (found > (spelling->len + 2) / 3)
		return;
	if (!spelling->best || found < spelling->distance ||
	    (found == spelling->distance &&
	     common(spelling->word, candidate) > common(spelling->word, spelling->best))) {
		spelling->best = candidate;
		spelling->distance = found;
	}
}
