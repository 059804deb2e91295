/* What the bench says to its agent over fd 0. */
#ifndef BENCH_AGENT_H
#define BENCH_AGENT_H

#include <stdint.h>

enum { AGENT_MAX = 25000 };

struct agent_command {
	unsigned verb;  /* 'O', 'B' or 'S' */
	unsigned count; /* orphans or signals */
};

enum { CALL_ALLOWED, CALL_CHECKED, CALL_DENIED, AGENT_CALLS };
enum { AGENT_BATCHES = 8, AGENT_BATCH = 2500 };

/* What "agent calls" writes. */
struct agent_calls {
	uint64_t ns[AGENT_CALLS]; /* the fastest batch of AGENT_BATCH of each */
	uint64_t error;           /* errno of the last one */
};

#endif
