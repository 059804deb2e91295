/* live.h - the ways to live: be init here, in namespaces of our own, or go into those of another.
 */
#ifndef LIVE_H
#define LIVE_H

#include "world.h"

/* All take the words after the command, and return an exit code if there is nothing to live for:
 * 125 after saying why, 0 after --help and the like. */
int live_init(enum world world, int argc, char **argv);
/* start: where the kernel put our command line. */
int live_run(bool bwrap, pid_t self, char *start, int argc, char **argv);
int live_enter(int argc, char **argv);

#endif
