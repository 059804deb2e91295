/* walled.h - --backend=landlock: a sandbox without namespaces. Pure but for what it logs. */
#ifndef SPEC_WALLED_H
#define SPEC_WALLED_H

#include "spec.h"

/* Its rules, and what is asked for that takes namespaces refused. 0, or -EINVAL after saying why.
 */
int walled_finish(struct spec *spec);

/* One line of what it doesn't cover. */
void walled_warn(const struct spec *spec);

#endif
