/* button.h - the power button. */
#ifndef STAGE_BUTTON_H
#define STAGE_BUTTON_H

#include "cradle.h"

/* The kernel sends nobody a signal for a pressed power button: it is a key of an input device
 * (evdev). Opens those that have one, at most max. Returns their number. */
unsigned button_open(struct cradle_watch *watch, unsigned max);

#endif
