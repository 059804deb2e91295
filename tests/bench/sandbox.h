/* The sandbox launchers side by side: one program in the same sandbox, built by each of them, as a
 * normal user. */
#ifndef BENCH_SANDBOX_H
#define BENCH_SANDBOX_H

#include <limits.h>
#include "bench.h"

enum shape {
	HOST,      /* the host's root read-only, dev, proc, tmp, all namespaces but the network's */
	HOST_NET,  /* the same with it */
	PRIVATE,   /* all namespaces; /usr, links, dev, proc, tmp */
	FILTER,    /* HOST_NET and a seccomp filter of 300 calls */
	BINDS_100, /* HOST and that many binds below /tmp */
	BINDS_1000,
	SHAPES,
	/* Of policy.c, whose sandbox is HOST in both; the agent does something else. */
	POLICY_LAUNCH = HOST,
	POLICY_CALLS
};

enum sandbox_metric {
	SB_TIME, /* microseconds, for each shape: median, then 95th percentile */
	SB_P95 = SB_TIME + SHAPES,
	SB_RATE = SB_P95 + SHAPES, /* launches per second, 1, 2 and 4 at once: HOST, HOST_NET */
	SB_CALLS_LAUNCHER = SB_RATE + 6,
	SB_CALLS_INSIDE,
	SB_CALLS_AGENT, /* before it executes the program */
	SB_CALLS, /* the first two: the agent's are the program's price, too, without any sandbox */
	SB_ALLOWED, /* nanoseconds for a call of the agent's; see agent.c, policy_calls.c */
	SB_CHECKED,
	SB_DENIED,
	SB_COUNT
};

enum { MAX_LAUNCHERS = 16, FILTER_FD = 9, BINDS_MAX = 1000, WORDS_MAX = 64 + 3 * BINDS_MAX };

/* Of bwrap: what HOST is, in its words. */
#define NO_NET    " --unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup"
#define HOST_ROOT " --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
/* A bundle and a container's name follow. */
#define CRUN "crun --root DIR/crun/state --cgroup-manager=disabled run --bundle "

struct sandbox;

/* Words are split at blanks; DIR is the directory that all of it happens in. */
struct launcher {
	const char *name;
	enum role role;
	bool promised;             /* has to meet what is expected of cradle */
	const char *words[SHAPES]; /* NULL: not compared; for BINDS_*: before the binds */
	const char *end;     /* between the options and the program; NULL: it knows the program */
	const char *prefix;  /* of binds: words before a source, NULL: as a single "-b" */
	const char *against; /* whose time is the base of this one's */
	/* 0, or: only in every so many rounds, with this done before. */
	unsigned every;
	void (*before)(const struct sandbox *s);
};

/* What was found out; in memory that is shared with the process that gave up root. */
struct sandbox_row {
	double value[SB_COUNT];            /* NaN: not measured */
	unsigned short calls[3][MAX_CALL]; /* launcher, inside, agent */
	char refusal[SHAPES][200];         /* what it said instead of running the program */
};

struct sandbox {
	unsigned nlaunchers;
	const struct launcher *launcher;
	bool present[MAX_LAUNCHERS];
	struct sandbox_row row[MAX_LAUNCHERS];
	char dir[64]; /* readable by everybody: a build tree may not be */
	char *environment[4];
	char variable[2][96];
	const char *verb; /* of the agent, outside of crun's bundles */
	uid_t uid;        /* who measures */
	int null, filter;
	int output; /* of the agent, usually null */
	bool quick;
	bool failed;
};

/* The words of one launch, ready for execve(2). */
struct command {
	char *word[WORDS_MAX];
	unsigned nwords;
	char *text;
};

/* What crun is given instead of words. */
struct bundle {
	const char *name;
	const char *verb;    /* of the agent */
	const char *seccomp; /* a file with the JSON of it, or NULL */
	bool net;
};

extern const struct launcher sandbox_launchers[];
extern const unsigned sandbox_nlaunchers;

/* sandbox.c. The latter runs measure() in a process of the normal user, and returns 0 or -errno. */
struct sandbox *sandbox_create(const struct bench *b, const struct launcher *launchers, unsigned n);
int sandbox_apart(struct sandbox *s, void (*measure)(struct sandbox *s));
bool sandbox_refused(const struct sandbox *s);

/* sandbox_stage.c: the directory with copies of the programs and what crun wants. */
int stage_make(struct sandbox *s, const char *build);
int stage_dir(const struct sandbox *s, const char *name);
int stage_copy(const struct sandbox *s, const char *build, const char *from, const char *to);
int stage_bundle(const struct sandbox *s, const struct bundle *bundle);
void stage_remove(struct sandbox *s);

/* sandbox_run.c. All return 0, an exit status of wait(2), or -errno. */
int command_parse(const struct sandbox *s, const char *words, struct command *c);
int command_make(const struct sandbox *s, unsigned launcher, enum shape shape, struct command *c);
void command_free(struct command *c);
int sandbox_start(const struct sandbox *s, const struct command *c, int errors, pid_t *pid);
int sandbox_once(const struct sandbox *s, const struct command *c, int errors, double *us);
void sandbox_drain(void);

/* sandbox_measure.c, sandbox_calls.c */
void sandbox_measure(struct sandbox *s);
void sandbox_try(struct sandbox *s, unsigned launcher, enum shape shape);
bool sandbox_runs(const struct sandbox *s, unsigned launcher, enum shape shape);
void sandbox_times(struct sandbox *s, enum shape shape, unsigned rounds);
void sandbox_count_calls(struct sandbox *s);

/* sandbox_table.c */
unsigned sandbox_find(const struct sandbox *s, const char *name);
void sandbox_note_disturbance(const struct sandbox *s);
void sandbox_print(const struct sandbox *s);
void sandbox_expectations(const struct sandbox *s);
int sandbox_write(const struct sandbox *s, FILE *out);

#endif
