/* probe.h - what the files of the probe agent share. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROBE_NSIG      65
#define PROBE_DEADLINE  60 /* seconds that anything may take; nothing waits for ever */
#define PROBE_TROUBLE   99 /* exit code: the probe itself failed, not what it looked at */
#define ALL_SIGNALS     (~(uint64_t)0)
#define SIGNAL_BIT(sig) ((uint64_t)1 << ((sig)-1))

typedef int verb_fn(int argc, char **argv);

/* The kernel's siginfo, as far as the probe reports it. */
struct received {
	int sig, code, value;
	pid_t pid;
};

/* main.c: where facts go; 1 unless the verb "to" said otherwise. */
extern int probe_out;

/* main.c: one line, one write: lines of several processes don't mix. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* main.c: tell what failed, with errno, and end with PROBE_TROUBLE. */
_Noreturn void trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));
long number(const char *text);
/* main.c: "self", "parent", "init", "group", "all" or a number, as kill(2) wants it. */
pid_t process(const char *text);
void verbs_run(int argc, char **argv);

/* sig.c: raw, because C libraries keep signals 32 to 34 to themselves. */
int signal_number(const char *text);
void signal_mask(int how, uint64_t set);
void signal_disposition(int sig, bool ignore);
/* Wait for one signal of the set. Returns false when the deadline passed. */
bool signal_wait(uint64_t set, struct received *got, int seconds);
void signal_report(const char *who, const struct received *got);
verb_fn verb_catch, verb_catch_until, verb_relay, verb_sync, verb_pending, verb_ignore, verb_block,
	verb_default, verb_kill, verb_sigqueue, verb_die, verb_status;

/* process.c */
/* Double fork. Returns the orphan's pid in the caller, 0 in the orphan. */
pid_t orphan_fork(void);
/* Returns once the other end of the pipe has been closed. */
void orphan_await(int fd);
verb_fn verb_orphan, verb_storm, verb_zombies, verb_children, verb_odd_orphans, verb_own_children,
	verb_alone, verb_stop, verb_census;

/* orphan.c: orphans that behave, or don't, when asked to end. */
verb_fn verb_stubborn, verb_obedient, verb_stopped_orphan, verb_short_orphan, verb_patient,
	verb_family, verb_when_stopped, verb_end_later, verb_forker, verb_groupkill;

/* facts.c */
verb_fn verb_ids, verb_fds, verb_about, verb_env, verb_args, verb_stat, verb_cat, verb_hostname,
	verb_limit, verb_tty, verb_oom, verb_link;

/* escape*.c: out of a sandbox */
verb_fn verb_escape_facts, verb_try, verb_symlink, verb_size, verb_escape_tty, verb_typed,
	verb_become_root, verb_nest, verb_fresh, verb_canary, verb_session_key, verb_links,
	verb_build;

/* system.c */
verb_fn verb_reboot, verb_pivot, verb_write, verb_dirty, verb_keep_open, verb_close, verb_core;

/* filter.c: fewer rights. */
verb_fn verb_filter, verb_become;

/* call.c: system calls by number. */
verb_fn verb_call, verb_call_range, verb_call_x32, verb_call_i386;

/* wall.c: what is left to the agent. */
verb_fn verb_wall, verb_again, verb_connect, verb_bind, verb_abstract_listen, verb_abstract,
	verb_signal, verb_truncate, verb_execute, verb_symlink_fact, verb_rename, verb_ask_device;

/* pty.c, outside.c, killer.c: these run on the host, around cradle. */
verb_fn verb_pty, verb_early, verb_killer;
/* pty.c: this one inside. */
verb_fn verb_stuff;

#endif
