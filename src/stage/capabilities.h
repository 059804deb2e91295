/* capabilities.h - what the agent may do of what root may. */
#ifndef STAGE_CAPABILITIES_H
#define STAGE_CAPABILITIES_H

#include "sandbox.h"

/* In the agent, once it has its ids: keep what confine says in all sets, and nothing else in any.
 * 0, or -errno after saying why. */
int capabilities_keep(const struct spec_confine *confine);

/* In the agent, after a change of its uid that let it keep what is permitted: make all of that
 * effective again, and nothing inheritable. 0 or -errno. */
int capabilities_raise(void);

#endif
