/* mountspec.h - read a --mount value. Pure but for the copy it keeps. */
#ifndef SPEC_MOUNTSPEC_H
#define SPEC_MOUNTSPEC_H

#include "spec.h"

/* SOURCE:TARGET[:TYPE[:OPTIONS]]. Returns NULL, or what was expected. The parts live as long as the
 * program. */
const char *mountspec_parse(struct spec_mount *mount, const char *value);

#endif
