/* userns.h - no further user namespaces inside. */
#ifndef STAGE_USERNS_H
#define STAGE_USERNS_H

#include "spec.h"

/* --disable-userns, while the host's /proc is there. *proc: what userns_seal needs of that, or -1.
 * 0, or -errno after saying why. */
int userns_disable(const struct spec_run *run, int *proc);

/* The rest of it, once nothing has to be mounted any more; then what --assert-userns-disabled wants
 * to be sure of. Closes proc. 0, or -errno after saying why. */
int userns_seal(const struct spec_run *run, int proc);

#endif
