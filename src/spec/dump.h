/* dump.h - the plan as a configuration file. */
#ifndef SPEC_DUMP_H
#define SPEC_DUMP_H

#include "spec.h"

/* Write to fd what will be done, in order, so that `cradle run --config` reads the same plan from
 * it. 0, or -errno after saying why. */
int dump(const struct spec *spec, int fd);

#endif
