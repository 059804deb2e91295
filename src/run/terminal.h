/* terminal.h - outside: the host's terminal, relayed to the one that the sandbox has of its own. */
#ifndef RUN_TERMINAL_H
#define RUN_TERMINAL_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define TERMINAL_FDS 2

struct terminal_flow {
	size_t start, len;
	char data[4096];
};

struct terminal {
	bool on;
	bool wanted;   /* the agent reads it, as far as we know: it is ours when we have the
			  foreground */
	bool taken;    /* it is: raw, and read by us */
	bool unheard;  /* nobody inside has theirs open any more */
	bool borrowed; /* host is fd 0 itself, as it can't be opened anew */
	int host, master;
	struct termios saved, raw;
	struct terminal_flow in, out; /* to the agent, to the host */
};

/* What becomes of an agent that was stopped. */
enum terminal_go { TERMINAL_STAY, TERMINAL_GO_ON, TERMINAL_GO_ON_IN_FRONT };

/* Whether our session has a controlling terminal, or can't be known to have none. */
bool terminal_controls(void);

/* Somebody else has it first: we are in the background, or stdout is a pipe to somebody who may be
 * a pager. Then the agent starts in the background of its own (CRADLE_BACKGROUND), where it is
 * stopped when it reads, which tells us. Asked before the sandbox is made. */
bool terminal_shared(void);

/* Begin with the master that the sandbox sent, which this owns from here on. 0, or -errno after
 * saying why. */
int terminal_start(struct terminal *t, int master, bool shared);

/* What to wait for now, at most TERMINAL_FDS. Returns how many. */
unsigned terminal_poll(const struct terminal *t, struct pollfd *fds);
void terminal_ready(struct terminal *t, const struct pollfd *fds, unsigned n);

/* A signal that we got. Returns true if the agent has it by way of its terminal. */
bool terminal_signal(struct terminal *t, const siginfo_t *info);

/* The agent was stopped by sig: stop, too, so that the shell outside sees it; returns when it is to
 * go on. */
enum terminal_go terminal_stopped(struct terminal *t, int sig);

/* Show what the agent wrote last, wait for nobody who still has its terminal, give the host's back
 * as it was found. May be called again, and on a zeroed object. */
void terminal_finish(struct terminal *t);

#endif
