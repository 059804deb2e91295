/* mapped.h - binds whose files show other owners (mount_setattr(2), MOUNT_ATTR_IDMAP). */
#ifndef RUN_MAPPED_H
#define RUN_MAPPED_H

#include "sandbox.h"

/* Before each clone, when the sandbox's ids are known: a detached mount of each such source, which
 * only who has rights over its file system can make, so it is made outside. 0, or -errno after
 * saying why. */
int mapped_open(struct spec_run *run);

#endif
