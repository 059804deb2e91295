/* refused.h - which system call an agent died of. */
#ifndef STAGE_REFUSED_H
#define STAGE_REFUSED_H

#include "spec.h"

#include <stdbool.h>

/* After the agent was killed by SIGSYS under a policy: say of which system call, if the kernel's
 * log may be read. named: somebody else has, or may have, said it already. */
void refused_tell(const struct spec *spec, bool named);

#endif
