/* layered.h - the host's tree, writable on layers that are thrown away. */
#ifndef RUN_LAYERED_H
#define RUN_LAYERED_H

#include "ops.h"

/* Put the operations that make it in front of the plan. In a user namespace no directory with a
 * mount below it can be a layer (overlayfs clones it alone, and what a locked mount covers must
 * stay covered), so each part of the tree without one becomes an overlay of its own. 0 or -errno
 * after saying why. */
int layered_root(struct plan *plan);

#endif
