/* The bench compares supervisors: everything is measured for all of them in one run, in turns, so
 * that a machine that drifts drifts for all alike. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum role { ROLE_BARE, ROLE_FLOOR, ROLE_PEER, ROLE_OURS };

/* What the columns and the TSV's lines are called is in table.c, in the same order. */
enum metric {
	M_INIT_FIRST, /* start as PID 1: median, 95th percentile, median less that of a bare exec */
	M_INIT_FIRST_P95,
	M_INIT_FIRST_OVER,
	M_INIT_EXIT,
	M_INIT_EXIT_P95,
	M_INIT_EXIT_OVER,
	M_PLAIN_FIRST, /* the same, not as PID 1 */
	M_PLAIN_FIRST_P95,
	M_PLAIN_FIRST_OVER,
	M_PLAIN_EXIT,
	M_PLAIN_EXIT_P95,
	M_PLAIN_EXIT_OVER,
	M_PSS,
	M_RSS,
	M_DIRTY,
	M_FAULTS,
	M_WAKEUPS,
	M_STREAM_RATE,
	M_STREAM_CPU,
	M_STREAM_SWITCHES,
	M_BURST_RATE,
	M_BURST_CPU,
	M_BURST_SWITCHES,
	M_SIGNAL_TIME,
	M_SIGNAL_RATE,
	M_SIGNAL_CPU,
	M_CALLS_BEFORE,
	M_CALLS_CHILD,
	M_CALLS_AFTER,
	M_COUNT
};

enum { MAX_CALL = 512 };
enum { MAX_CANDIDATES = 24, MAX_WORDS = 8 };

struct candidate {
	const char *name;
	enum role role;
	const char *
		init[MAX_WORDS]; /* words before the agent's; the first one is resolved to a path */
	const char *plain[MAX_WORDS]; /* the same when it isn't PID 1; empty: as init */
	bool promised;                /* has to meet what is expected of cradle */
	bool present;
	bool failed;
	double value[M_COUNT]; /* NaN: not measured */
};

struct sandbox;

struct bench {
	struct candidate candidate[MAX_CANDIDATES];
	unsigned ncandidates;
	char agent[4096];
	char build[4096];
	int null; /* /dev/null */
	bool quick;
	struct sandbox *sandbox; /* NULL: not measured */
	struct sandbox *policy;  /* the same */
};

/* A supervisor with the serving agent below it. */
struct instance {
	pid_t pid;
	int command; /* write: struct agent_command; closing it ends the agent */
	int answer;  /* read: what the agent writes to fd 1 */
};

/* launch.c. All return 0 or -errno. */
int launch(const struct bench *b, const struct candidate *c, bool as_init, const char *mode,
	   struct instance *in);
int launch_serving(const struct bench *b, struct candidate *c, bool as_init, struct instance *in);
int launch_await(struct instance *in, uint64_t *answer);
int launch_command(struct instance *in, unsigned verb, unsigned count);
void launch_end(struct candidate *c, struct instance *in);
int candidate_argv(const struct bench *b, const struct candidate *c, bool as_init, const char *mode,
		   const char **argv);
void candidate_fail(struct candidate *c, const char *what, int err);

/* proc.c: what /proc tells of a process; -errno when it doesn't. */
int64_t proc_number(pid_t pid, const char *file, const char *key);
int64_t proc_cpu_ns(pid_t pid);
int64_t proc_switches(pid_t pid);
int64_t proc_minor_faults(pid_t pid);
int proc_await_sleep(pid_t pid);

/* measure.c */
void measure_start(struct bench *b);
void measure_idle(struct bench *b);
void measure_orphans(struct bench *b);
void measure_signals(struct bench *b);

/* calls.c */
void measure_calls(struct bench *b);
void calls_print(const struct bench *b);
void phase_print(const char *title, const unsigned short *count); /* of MAX_CALL */

/* sandbox.c */
void measure_sandbox(struct bench *b);

/* policy.c */
void measure_policy(struct bench *b);

/* table.c */
void table_print(const struct bench *b);
int table_write(const struct bench *b, FILE *out);
void expectations_print(const struct bench *b);
void cell_print(double value, int decimals, int width);
void expect_print(const char *name, const char *what, double value, double limit);

/* util.c */
uint64_t now_ns(void);
double quantile(double *sample, unsigned n, double q);
void shuffle(unsigned *order, unsigned n);

#endif
