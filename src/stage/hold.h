/* hold.h - what bubblewrap's callers ask the sandbox to hold while it lives, and to wait for. */
#ifndef STAGE_HOLD_H
#define STAGE_HOLD_H

#include "spec.h"

/* Inside, before the agent: take the locks, keep the descriptors, wait for --block-fd. 0, or -errno
 * after saying why. */
int hold(struct spec *spec);

#endif
