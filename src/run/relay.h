/* relay.h - stand outside for a PID 1: signals in, exit status out. */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include "cradle.h"
#include "events.h"
#include "terminal.h"

struct relay_end {
	int code;                   /* by the exit contract; 0 after a reboot(2) */
	enum cradle_request reboot; /* what reboot(2) inside asked for; NONE: it wasn't that */
	bool killed;                /* PID 1 inside was, so it reported nothing */
	bool asked;                 /* somebody asked for the end through us */
	bool lost;                  /* its network, so we ended it */
	bool time_up;               /* the limit of time ended it */
	unsigned not_enforced;      /* enum best_effort: what PID 1 gave up */
	bool told;                  /* by PID 1, in result; its namespaces may still be there */
	struct cradle_result result;
	uint64_t wall_ms;
};

struct relay {
	pid_t pid;   /* a child of ours, PID 1 of the sandbox */
	pid_t other; /* another child; 0: none, or gone with other_status */
	int other_status;
	bool is_init; /* of a PID namespace, where reboot(2) ends that */
	bool walled;  /* no namespace ends with it, so it has to be told to kill */
	int status;   /* socket to it, status.h; -1 once it hung up */
	int parent;   /* pidfd of who started us, with whom the sandbox ends; -1: nobody */
	int name;     /* socket of who looks for its name; -1: it has none */
	bool apart;   /* PID 1 leads a session of its own, so the host's terminal signals only us */
	bool shared;  /* terminal_shared(), if PID 1 has a terminal of its own */
	int network;  /* pidfd of what keeps its network up; -1: nobody needs to */
	uint64_t until;       /* sys_now_ms() at which its time is up; 0: never */
	unsigned patience_ms; /* after that, until it is killed */
	int signals;          /* -1: not open yet */
	int block;            /* readable when the sandbox may go on; -1: it may */
	bool timed;           /* somebody wants to know how long it lived */
	bool gone;
	struct events events;
	struct relay_end end;
	struct terminal terminal; /* large: last, so that the rest shares a page */
};

/* Nothing to wait for yet. In static storage, all zero: what a terminal needs is large, and most
 * have none to relay. */
void relay_init(struct relay *r);

/* Tell a waiting sandbox to go on. 0 or -errno. */
int relay_go(const struct relay *r);

/* Until PID 1 told its result, or is gone. All signals are blocked. Fills in end. 0, or -errno
 * after saying why. */
int relay(struct relay *r);

/* Until it is gone in any case, with all that its namespaces held. */
void relay_wait(struct relay *r);

#endif
