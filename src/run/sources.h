/* sources.h - what of the host goes into the sandbox, found before there is one. */
#ifndef RUN_SOURCES_H
#define RUN_SOURCES_H

#include "spec.h"

/* Open each source of the plan O_PATH, so that what is checked here is what is mounted there.
 * Raises the soft limit of open files if they are many; the agent gets it back. 0, or -errno after
 * saying which one isn't there. */
int sources_open(struct spec_run *run);

#endif
