/* rlimits.h - the resource limits of --rlimit. */
#ifndef STAGE_RLIMITS_H
#define STAGE_RLIMITS_H

#include "limit.h"

#include <stdbool.h>

/* Outside, before the clone: raise our own hard limits to what is asked, as inside nobody may
 * (getrlimit(2): CAP_SYS_RESOURCE of the initial user namespace). Soft limits stay. best_effort:
 * ask for no more than we may have; *less tells that it came to that. 0, or -errno after saying
 * why. */
int rlimits_raise(struct spec_limits *limits, bool best_effort, bool *less);

/* In the agent. 0, or -errno after saying why. */
int rlimits_apply(const struct spec_limits *limits);

#endif
