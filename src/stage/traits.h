/* traits.h - niceness, OOM score and umask. */
#ifndef STAGE_TRAITS_H
#define STAGE_TRAITS_H

#include "wall.h"

/* In the agent: niceness and umask. 0, or -errno after saying why. */
int traits_set(const struct spec_traits *traits);

/* This process's OOM score, which children inherit. 0, or -errno after saying why. */
int traits_score(int oom_score_adj);

/* Before a user namespace is made, below which nobody may do either: take a niceness that is below
 * ours, and the score. *was becomes what the score was until now. 0, or -errno after saying why. */
int traits_outside(const struct spec_traits *traits, int *was);

/* Give the score back once it was handed on. */
void traits_back(const struct spec_traits *traits, int was);

#endif
