/* end.h - how a world ends. The only caller of reboot(2). */
#ifndef END_H
#define END_H

#include "cradle.h"

enum ending {
	ENDING_EXIT,
	ENDING_POWER_OFF,
	ENDING_REBOOT,
	ENDING_HALT,
	ENDING_PANIC,
	ENDING_RESTART, /* handled by the supervisor: never reaches end_world() */
};

/* sync(2) and reboot(2), by the way that can't hang. Returns -errno only if the kernel refused:
 * -EPERM without CAP_SYS_BOOT, -EINVAL in a PID namespace for what has no meaning there. */
int end_machine(enum cradle_how how);

/* True in the initial PID namespace with the right to reboot it: in PID 1, that's a machine.
 * Has the side effect that Ctrl-Alt-Del asks PID 1 by SIGINT from now on (RB_DISABLE_CAD). */
bool end_owns_machine(void);

/* For PID 1, or whoever plays it. Where the world can't end as asked, exits with the code. */
_Noreturn void end_world(enum ending ending, int code);

#endif
