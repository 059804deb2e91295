/* supervisor.h - what the files of this room share. Not installed.
 *
 * Lives on the stack of cradle_supervise(); nothing in here is allocated.
 */
#ifndef PID1_SUPERVISOR_H
#define PID1_SUPERVISOR_H

#include "cradle.h"
#include "life.h"
#include "sys.h"

#include <sys/resource.h>

/* How the process was when it came to us; the agent gets it back. */
struct inherited {
	uint64_t mask;
	struct sys_sigaction child; /* disposition of SIGCHLD, the only one that is ever changed */
};

struct agent {
	pid_t pid;      /* 0: not running */
	pid_t group;    /* it led, even when it is gone; 0: none yet */
	int pidfd;      /* -1: none */
	bool own_group; /* leads a process group of its own */
	bool terminal;  /* has the terminal; if !own_group the kernel signals it and us alike */
};

enum reaping {
	REAP_WAIT,   /* by us, on SIGCHLD */
	REAP_SILENT, /* by the kernel, SIGCHLD ignored; the agent's end shows in its pidfd */
	REAP_TOLD,   /* by the kernel, which still sends SIGCHLD (SA_NOCLDWAIT) */
};

struct supervisor {
	const struct cradle_config *config;
	struct cradle_result *result;
	struct inherited inherited;
	struct agent agent;
	enum life_state state;
	uint64_t started_ms, alarm_ms; /* 0: nobody asks; none */
	bool settles;                  /* will yet give back what the start needed */
	unsigned backoff_ms;
	uint64_t interrupted_ms; /* when a terminal told the agent to end; 0: never */
	int signal_fd;
	int cwd;           /* where the agent starts again; -1: where we are */
	unsigned watching; /* bit i: config->watch[i] is still good */
	bool is_init;
	enum reaping reaping;
};

/* spawn.c: fork the agent. 0 in the supervisor, 1 in an agent without argv, else -errno. */
int spawn_agent(struct supervisor *s);
/* spawn.c: what the child does: confine itself and execute. */
_Noreturn void spawn_run_agent(const struct supervisor *s);
/* spawn.c: give back the memory that the child ran in. */
void spawn_trim(void);
/* spawn.c: give the terminal to the agent's group, if it is ours to give. */
void spawn_foreground(const struct agent *agent);
/* spawn.c: and back to us from the group of an agent that is gone. */
void spawn_take_foreground_back(const struct agent *agent);

/* signals.c: send to whom config->target says. info: of the signal received, or NULL. */
void signals_send(const struct supervisor *s, int sig, siginfo_t *info);
/* signals.c: to every descendant, us excepted. */
void signals_send_all(const struct supervisor *s, int sig, siginfo_t *info);
/* signals.c: what config->rewrite makes of it; 0: dropped. */
int signals_rewrite(const struct cradle_config *config, int sig);
/* signals.c: the kernel has already signalled the group that we share with the agent. */
bool signals_delivered(const struct supervisor *s, const siginfo_t *info);
/* signals.c: stopped, as far as /proc tells. */
bool signals_agent_stopped(const struct agent *agent);
/* signals.c: descendants left. */
unsigned signals_count_descendants(void);

/* reap.c: the kernel can reap, and nobody wants to know more. */
bool reap_by_kernel(const struct supervisor *s);
/* reap.c: let it, if so, and if there is a signal_fd to sleep on. */
void reap_start(struct supervisor *s);
/* reap.c: reap everything there is; calls pid1_event() for what that means. */
void reap_all(struct supervisor *s);
/* reap.c: from now on by wait(2), with nothing lost in between. */
void reap_by_waiting(struct supervisor *s);
/* reap.c: where the kernel reaps, be woken for what comes more often: orphans or signals. */
void reap_expect_orphans(struct supervisor *s);
void reap_expect_signals(struct supervisor *s);

/* memory.c: only pages that an idle init needs stay mapped. */
void memory_trim(void);
/* memory.c: forget the contents of page-aligned memory, which reads as zero from here on. */
void memory_drop(void *start, size_t size);

/* pid1.c: one turn of the table. */
void pid1_event(struct supervisor *s, enum life_event event);

#endif
