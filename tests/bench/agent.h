/* What the bench says to its agent over fd 0. */
#ifndef BENCH_AGENT_H
#define BENCH_AGENT_H

enum { AGENT_MAX = 25000 };

struct agent_command {
	unsigned verb;  /* 'O', 'B' or 'S' */
	unsigned count; /* orphans or signals */
};

#endif
