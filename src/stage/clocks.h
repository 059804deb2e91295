/* clocks.h - a time namespace. */
#ifndef STAGE_CLOCKS_H
#define STAGE_CLOCKS_H

#include "sandbox.h"

/* Make one for all that is forked from here on, its clocks off by what was asked for. PID 1 itself
 * stays where it is. 0, or -errno after saying why. */
int clocks_set(const struct spec_ns *ns);

#endif
