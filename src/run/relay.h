/* relay.h - stand outside for a PID 1: signals in, exit status out. */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include "cradle.h"

struct relay_end {
	int code;                   /* by the exit contract; 0 after a reboot(2) */
	enum cradle_request reboot; /* what reboot(2) inside asked for; NONE: it wasn't that */
	bool killed;                /* PID 1 inside was, so it reported nothing */
	bool asked;                 /* somebody asked for the end through us */
	uint64_t wall_ms;
};

/* Until pid, a child of ours and init of a PID namespace, is gone. All signals are blocked. */
void relay(pid_t pid, struct relay_end *end);

#endif
