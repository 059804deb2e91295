/* limited.h - a sandbox's limits around its life. */
#ifndef RUN_LIMITED_H
#define RUN_LIMITED_H

#include "cgroup.h"
#include "sandbox.h"

#include <stddef.h>

/* Before the clone. 0, or -errno after saying why. *missing: enum limit, what best effort allowed
 * to be missing, after a warning for each. */
int limited_begin(struct cgroup *cg, struct spec_run *run, unsigned *missing);

/* First thing in the child: join what can't be joined by the clone, and unshare the cgroup
 * namespace, which must be rooted there. Closes its copy of *cg. 0, or -errno after saying why. */
int limited_inside(struct cgroup *cg, const struct spec_run *run);

/* After the last process. What the limits did to the sandbox is told in a warning. */
void limited_end(struct cgroup *cg, struct cgroup_usage *usage);

/* What they used, as a member of an event in JSON, 200 bytes at most. Returns buf. */
const char *limited_json(const struct cgroup_usage *usage, char *buf, size_t size);

#endif
