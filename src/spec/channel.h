/* channel.h - read a --report value. Pure. */
#ifndef SPEC_CHANNEL_H
#define SPEC_CHANNEL_H

#include "spec.h"

/* Returns NULL, or what was expected. Names point into value. */
const char *channel_parse(struct spec_report *report, const char *value);

#endif
