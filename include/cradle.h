/* cradle.h - the public face of libcradle: be PID 1, or be forked from it.
 *
 * Nothing here starts a thread. After the fork the init process allocates nothing,
 * opens no stdio and runs no code of the agent. Functions return 0 or a negative errno
 * unless they say otherwise. SPDX-License-Identifier: MIT
 */
#ifndef CRADLE_H
#define CRADLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CRADLE_VERSION     "0.1.0"
#define CRADLE_API         __attribute__((visibility("default")))
#define CRADLE_NSIG        65     /* the kernel's signals are 1 to 64 */
#define CRADLE_KEEP_MAX    64     /* descriptors that PID 1 may be asked to keep */
#define CRADLE_GRACE_MS    10000U /* for each step of a stop, where no other time is given */
#define CRADLE_DEADLINE_MS 5000U  /* the same for the killing */

/* Exit codes as in env(1), timeout(1) and the container runtimes. */
enum {
	CRADLE_EXIT_FAILURE = 125,     /* cradle's own failure */
	CRADLE_EXIT_CANNOT_EXEC = 126, /* the agent exists but can't be executed */
	CRADLE_EXIT_NOT_FOUND = 127,   /* no such agent */
	CRADLE_EXIT_SIGNAL = 128,      /* + number of the signal that killed the agent */
};

/* ---- For an agent that links the core: the seed design ------------------------------- */

/* True in PID 1 of whatever PID namespace this is. */
CRADLE_API bool cradle_is_pid1(void);

/* Become init. Call it first thing in main(), before any thread exists.
 *
 * In PID 1: mounts /dev, /proc and /sys where nothing is there yet (a failure is a warning on
 * stderr), forks, and returns 0 **in the child**, which goes on as the agent with the signal
 * mask and dispositions it had before. PID 1 itself never returns: it reaps, forwards
 * signals and, when the agent ends, ends the world: a VM powers off on exit code 0 and panics
 * on anything else; any other PID namespace exits with the agent's code (128+N for signal N).
 *
 * In any other process it does nothing and returns 0, so an agent can call it always.
 * Returns a negative errno, still in PID 1, only if the fork failed.
 */
CRADLE_API int cradle_init_as_pid1(void);

/* True in the process that cradle_init_as_pid1() returned to as PID 1's child, and in what that
 * forks without executing. */
CRADLE_API bool cradle_was_forked_from_pid1(void);

enum cradle_how { CRADLE_POWER_OFF, CRADLE_REBOOT, CRADLE_HALT };

/* Shut this machine down.
 *
 * Forked from PID 1: sync(2) and reboot(2) at once; a machine without a power-off driver is
 * reset instead of hanging (reboot(2): RB_POWER_OFF then halts for ever). Elsewhere, or without
 * CAP_SYS_BOOT: PID 1 is asked if it is a cradle (SIGRTMIN+3, +4, +5), else the system's own
 * command is executed.
 * Returns 0 when the request was delivered, else a negative errno; does not return when it
 * acted directly.
 */
CRADLE_API int cradle_shutdown(enum cradle_how how);

/* ---- For a program that executes an agent: the supervisor ----------------------------- */

enum cradle_target { CRADLE_TARGET_CHILD, CRADLE_TARGET_GROUP, CRADLE_TARGET_ALL };

/* What becomes of the processes that the agent leaves behind. */
enum cradle_leftovers {
	CRADLE_LEFTOVERS_KILL, /* SIGKILL at once */
	CRADLE_LEFTOVERS_TERM, /* SIGTERM and SIGCONT, grace, SIGKILL */
	CRADLE_LEFTOVERS_WAIT, /* wait for them, deadline_ms at most if that isn't 0 */
};

/* What somebody asked for. */
enum cradle_request {
	CRADLE_REQUEST_NONE,
	CRADLE_REQUEST_STOP,
	CRADLE_REQUEST_POWER_OFF,
	CRADLE_REQUEST_REBOOT,
	CRADLE_REQUEST_HALT,
};

enum cradle_flags {
	CRADLE_NEW_SESSION = 1 << 0,     /* agent gets its own session and fd 0 as terminal */
	CRADLE_RESET_SIGNALS = 1 << 1,   /* agent gets default dispositions, empty mask */
	CRADLE_COUNT_ORPHANS = 1 << 2,   /* fill in orphans and rusage: costs a wake-up each */
	CRADLE_WARN_REAPED = 1 << 3,     /* a line on stderr for each orphan reaped */
	CRADLE_RESTART_SUCCESS = 1 << 4, /* start the agent again when it ended well */
	CRADLE_RESTART_FAILURE = 1 << 5, /* ... or badly; never after a request */
	/* Share memory with the child until it executes, like posix_spawn(3): a fifth faster. PID 1
	 * is deaf until then, so don't where confine() or the agent's file system may block. What
	 * confine() writes stays written in PID 1, and it has 32 KiB of stack. */
	CRADLE_SHARE_MEMORY = 1 << 6,
	CRADLE_NO_TERMINAL = 1 << 7, /* there is none in this session, whatever 0 to 2 are */
	/* This agent may well end soon: what only pays for those who stay (letting the kernel reap,
	 * giving memory back) is put off for 100 ms, and wall_ms is recorded with COUNT_ORPHANS
	 * or restarts only. For a process that has no children yet. */
	CRADLE_SETTLE_LATE = 1 << 8,
	/* The agent starts in the background of PID 1's terminal: reading from it stops the agent.
	 */
	CRADLE_BACKGROUND = 1 << 9,
};

/* A descriptor that PID 1 watches besides signals, for instance a power button. */
struct cradle_watch {
	int fd;
	/* Called when fd is readable: consume the input and say what it asks for. It is called
	 * again as long as fd stays readable; a negative return ends the watching. */
	int (*event)(int fd);
};

struct cradle_result;

/* All zero but argv is a sensible entrypoint: forward everything to the child, kill leftovers. */
struct cradle_config {
	char *const *argv; /* the agent, looked up in PATH; NULL: supervise() returns in it */
	const char *file;  /* what to look up instead of argv[0]; NULL: that */
	char *const *envp; /* its environment, PATH included; NULL: ours */
	int (*confine)(void *arg); /* in the child, before its file is looked up; -errno: 125 */
	/* The very last thing in the child: after it there is one execve(2), and more only if that
	 * fails. -errno: 125. NULL: none. */
	int (*filter)(void *arg);
	/* What is said of EACCES when it couldn't be executed, with a blank before it: " (who may
	 * do what)". NULL: what a file needs. */
	const char *denied;
	/* In the child, when it couldn't be executed, which was told on stderr; err: -errno. May
	 * exit with another code than 126 or 127. NULL: none. */
	void (*exec_failed)(void *arg, int err);
	/* In PID 1, when signal sig has stopped the agent: for an init that can't stop like its
	 * agent to tell who can, and who will continue it. It keeps the kernel from reaping. NULL:
	 * none. */
	void (*stopped)(void *arg, pid_t agent, int sig);
	/* In PID 1, each time that the agent ended; its leftovers may still be there. NULL: none.
	 */
	void (*ended)(void *arg, const struct cradle_result *result);
	/* In PID 1, when the start is over and what only that needed may go; with SETTLE_LATE not
	 * for an agent that ends before. NULL: none. */
	void (*settled)(void *arg);
	void *arg;
	enum cradle_target target;
	enum cradle_leftovers leftovers;
	unsigned flags;                     /* enum cradle_flags */
	unsigned grace_ms;                  /* 0: CRADLE_GRACE_MS */
	unsigned deadline_ms;               /* 0: CRADLE_DEADLINE_MS, but none for waiting */
	int stop_signal;                    /* what the agent gets on a request; 0: as it came */
	signed char rewrite[CRADLE_NSIG];   /* 0: as it is, N: becomes N, -1: dropped */
	unsigned char request[CRADLE_NSIG]; /* enum cradle_request that a signal stands for */
	uint64_t success[4];                /* bit set: this exit code counts as 0 too */
	const struct cradle_watch *watch;   /* nwatch of them, at most 8 */
	unsigned nwatch;
	const int *keep_fd; /* nkeep_fd descriptors that PID 1 needs, at most CRADLE_KEEP_MAX */
	unsigned nkeep_fd;
};

struct cradle_result {
	int code;      /* by the exit contract above, after `success` */
	int exit_code; /* as the agent gave it; -1 when it didn't exit by itself */
	int signal;    /* that killed it, 1 to 64; 0 when none did */
	bool core;     /* and it dumped core */
	enum cradle_request request;
	int request_signal; /* that carried the request; 0: a watched descriptor */
	pid_t request_pid;  /* who sent it; 0: the kernel or somebody outside the namespace */
	unsigned restarts;
	unsigned leftovers;                     /* processes still there when the deadline passed */
	uint64_t wall_ms;                       /* of the agent's last life */
	bool counted;                           /* the fields from here on were recorded */
	uint64_t orphans;                       /* reaped, over all lives */
	uint64_t user_us, system_us, maxrss_kb; /* of the last life and what it waited for */
};

/* Supervise an agent until it ended and its leftovers are gone. Blocks all signals and takes
 * over the process: cwd becomes "/", descriptors above 2 are closed but for keep_fd.
 * PID 1 need not be; any other process becomes a subreaper by itself.
 * An agent that may be restarted gets its directory and descriptors again, so PID 1 keeps both
 * then. Returns 0 with *result filled in; 1 in the agent, if argv is NULL; -EINVAL for too many
 * descriptors or an empty argv; another -errno if no agent could be forked. An agent that can't be
 * executed is a result (126, 127), told on stderr by the child.
 */
CRADLE_API int cradle_supervise(const struct cradle_config *config, struct cradle_result *result);

/* Become the agent without supervising it: what the child of cradle_supervise() does last, in this
 * process, which keeps its session and process group. Of config it reads argv (not NULL), file,
 * envp, confine, filter, exec_failed, arg and CRADLE_RESET_SIGNALS. Doesn't return: what fails is
 * told on stderr, and the exit code is 125 to 127. */
CRADLE_API void cradle_become(const struct cradle_config *config) __attribute__((noreturn));

/* Block all 64 signals, as the first act of a program that will call cradle_supervise() later:
 * what arrives from now on isn't lost. The mask found is what the agent gets. */
CRADLE_API void cradle_block_signals(void);

#ifdef __cplusplus
}
#endif
#endif
