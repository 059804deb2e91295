/* ruleset.h - Landlock: rules that a process lays upon itself for good. */
#ifndef STAGE_RULESET_H
#define STAGE_RULESET_H

#include "spec.h"

/* Which version of Landlock the kernel has; 0: none; *err: why, if it isn't NULL. */
unsigned ruleset_abi(int *err);

/* Before the agent is forked, where / is its root: open what is named and have a ruleset ready.
 * What the kernel can't deny is an error, unless --best-effort landlock, which is told. 0, or
 * -errno after saying why. */
int ruleset_make(struct spec *spec);

/* In the agent: obey it. Takes no_new_privs or CAP_SYS_ADMIN. 0, or -errno after saying why. */
int ruleset_enter(const struct spec_landlock *landlock);

#endif
