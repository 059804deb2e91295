/* limit.h - how much of the machine a sandbox may use. Plain data and how it is written.
 *
 * Not called limits.h, which would be found in place of the system's.
 */
#ifndef SPEC_LIMIT_H
#define SPEC_LIMIT_H

#include <stdint.h>

#define LIMITS_RLIMITS 16 /* as many kinds as Linux has */

/* As bits: the first of enum best_effort. A control group holds the first LIMIT_KINDS. */
enum limit {
	LIMIT_MEMORY = 1 << 0,
	LIMIT_PIDS = 1 << 1,
	LIMIT_CPUS = 1 << 2,
	LIMIT_RLIMIT = 1 << 3, /* one above our own hard limit */
};
enum { LIMIT_KINDS = 3 };

struct spec_rlimit {
	int resource;        /* RLIMIT_* */
	uint64_t soft, hard; /* RLIM_INFINITY: unlimited */
};

struct spec_limits {
	uint64_t memory;    /* bytes, swap included; 0: none */
	uint64_t pids;      /* processes and threads, PID 1 included; 0: none */
	unsigned cpu_milli; /* thousandths of a CPU; 0: none */
	unsigned time_ms;   /* wall clock; 0: none */
	struct spec_rlimit rlimit[LIMITS_RLIMITS];
	unsigned nrlimits;
};

/* Each reads one value. NULL, or the sentence that says what was expected. */
const char *limits_memory(struct spec_limits *limits, const char *value); /* 64M, 1G, 1048576 */
const char *limits_pids(struct spec_limits *limits, const char *value);
const char *limits_cpus(struct spec_limits *limits, const char *value); /* 0.5, 2 */
const char *limits_time(struct spec_limits *limits, const char *value);
const char *limits_rlimit(struct spec_limits *limits, const char *value); /* NAME=SOFT[:HARD] */

/* One of the kinds that --rlimit knows, in the place of an older one: the last one counts. */
void limits_put(struct spec_limits *limits, const struct spec_rlimit *rlimit);

/* What was asked for that a control group holds: enum limit, or-ed. */
unsigned limits_wanted(const struct spec_limits *limits);

/* The word of one bit, as best_effort.h has it. */
const char *limit_name(enum limit limit);

/* The word of RLIMIT_*, as in --rlimit. */
const char *limits_rlimit_name(int resource);

#endif
