/* userns.h - no further user namespaces inside. */
#ifndef STAGE_USERNS_H
#define STAGE_USERNS_H

#include "spec.h"

/* For --disable-userns, while the host's /proc is there: what userns_seal() needs, or negative. */
int userns_open_proc(const struct spec_run *run);

/* --disable-userns, once nothing has to be mounted any more; then what --assert-userns-disabled
 * wants to be sure of. Closes proc. 0, or -errno after saying why. */
int userns_seal(const struct spec_run *run, int proc);

#endif
