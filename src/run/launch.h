/* launch.h - outside: make the namespaces, and be the signal and exit relay of what is inside. */
#ifndef RUN_LAUNCH_H
#define RUN_LAUNCH_H

#include "enter.h"

/* Runs as PID 1 inside, and must not return. */
typedef void (*launch_inside)(struct spec *spec, const struct inside *in);

/* Make the namespaces with one clone3(2) and call inside() as their PID 1. Then relay
 * until that is gone. Returns the exit code by the contract.
 * All signals are blocked already (cradle_block_signals). */
int launch(struct spec *spec, launch_inside inside);

#endif
