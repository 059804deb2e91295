/* world.h - where are we, and what asks PID 1 to stop there. */
#ifndef LIB_WORLD_H
#define LIB_WORLD_H

#include "cradle.h"

enum world { WORLD_UNKNOWN, WORLD_VM, WORLD_CONTAINER, WORLD_NAMESPACE };

/* "vm", "container", "namespace". */
const char *world_name(enum world world);

/* WORLD_CONTAINER or WORLD_NAMESPACE; for PID 1, end_owns_machine() has told a VM before. */
enum world world_detect(void);

/* Fill in which signals are a request to stop, and of what kind: as systemd(1), lxc and Docker
 * send them to an init. */
void world_requests(enum world world, struct cradle_config *config);

/* The name PID 1 gives itself (PR_SET_NAME), by which cradle_shutdown() knows it. */
#define WORLD_COMM "cradle"

#endif
