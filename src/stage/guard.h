/* guard.h - filters for what Landlock means to deny and doesn't see. */
#ifndef STAGE_GUARD_H
#define STAGE_GUARD_H

#include "spec.h"

/* In the agent, once it obeys its ruleset. Takes no_new_privs or CAP_SYS_ADMIN. 0, or -errno after
 * saying why. */
int guard_enter(const struct spec *spec);

#endif
