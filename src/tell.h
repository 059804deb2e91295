/* tell.h - what goes to stdout: help, version, licence. */
#ifndef TELL_H
#define TELL_H

#include "spec.h"

/* word: -h, -V, -l or their long forms; verb 0: of cradle itself. Returns the exit code, of a
 * failure if it can't be written, which is said; or -1 when word is none of them (or NULL). */
int tell(enum verb verb, const char *word);
/* The same as bwrap tells it. */
int tell_bwrap(const char *word);

#endif
