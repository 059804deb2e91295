/* mapper.h - outside: which ids the sandbox's user namespace gets, and write them. */
#ifndef RUN_MAPPER_H
#define RUN_MAPPER_H

#include "sandbox.h"

/* Before the clone: complete the maps that were asked for by the caller's own ids and by what
 * /etc/subuid and /etc/subgid give. As root, map the caller's groups as well. Leaves no map at all
 * where PID 1 can map its one id by itself. 0, or -errno after saying why. */
int mapper_plan(struct spec_run *run);

/* True if there is something that only the launcher can write. */
bool mapper_is_needed(const struct spec_run *run);

/* While PID 1 waits: write them, by newuidmap and newgidmap if need be, both at once. 0, or -errno
 * after saying why. */
int mapper_write(const struct spec_run *run, pid_t pid);

#endif
