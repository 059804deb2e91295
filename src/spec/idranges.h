/* idranges.h - id maps of a user namespace, as lists of ranges. Pure. */
#ifndef SPEC_IDRANGES_H
#define SPEC_IDRANGES_H

#include "sandbox.h"

enum idranges_side { IDRANGES_INSIDE, IDRANGES_OUTSIDE };

/* The first two maps that share an id on that side. */
bool idranges_overlap(const struct idmap *maps, unsigned n, enum idranges_side side, unsigned *a,
		      unsigned *b);

/* The map that has this id on that side; NULL: none. */
const struct idmap *idranges_find(const struct idmap *maps, unsigned n, enum idranges_side side,
				  unsigned id);

/* One more. False: there are SANDBOX_MAPS already. */
bool idranges_add(struct idmap *maps, unsigned *n, unsigned inside, unsigned outside,
		  unsigned count);

/* Give each id of an outside range that isn't mapped yet the lowest one inside that is free.
 * Returns false if that takes more than SANDBOX_MAPS maps. */
bool idranges_fill(struct idmap *maps, unsigned *n, unsigned outside, unsigned count);

/* Lines of /etc/subuid and /etc/subgid: NAME:FIRST:COUNT, or with the user's number for NAME.
 * Both files have the *user* in front. Returns how many were found for this user; the first room of
 * them are in ranges (inside isn't set). *next: above all ranges of anybody. */
unsigned idranges_parse(const char *text, const char *user, unsigned uid, struct idmap *ranges,
			unsigned room, uint64_t *next);

/* The name of a user, in the text of /etc/passwd. Returns its length and where it begins; 0: none.
 */
unsigned idranges_user(const char *text, unsigned uid, const char **name);

#endif
