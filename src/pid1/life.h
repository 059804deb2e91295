/* life.h - the end-of-life policy as a table of states and events. Pure: no system call. */
#ifndef PID1_LIFE_H
#define PID1_LIFE_H

enum life_state {
	LIFE_RUN,   /* the agent runs */
	LIFE_STOP,  /* it was asked to stop and has its grace */
	LIFE_TERM,  /* everybody got TERM and has the grace */
	LIFE_KILL,  /* everybody got KILL; reaping until empty or deadline */
	LIFE_DRAIN, /* the agent is gone, the leftovers may finish */
	LIFE_PAUSE, /* empty; waiting to start the agent again */
	LIFE_END,
};
#define LIFE_STATES (LIFE_END + 1)

enum life_event {
	LIFE_REQUEST,   /* somebody asked to stop */
	LIFE_GONE_KILL, /* the agent is gone and left others; --leftovers= as named */
	LIFE_GONE_TERM,
	LIFE_GONE_WAIT,
	LIFE_EMPTY, /* the agent and all others are gone */
	LIFE_TIMER, /* the time that the last step allowed is over */
};
#define LIFE_EVENTS (LIFE_TIMER + 1)

enum life_action {
	LIFE_NOTHING,
	LIFE_SIGNAL_AGENT, /* the stop signal, then CONT: a stopped process acts on nothing else */
	LIFE_TERM_ALL,     /* TERM and CONT to everybody */
	LIFE_KILL_ALL,
	LIFE_START,
};

enum life_clock {
	LIFE_KEEP, /* the clock runs on */
	LIFE_OFF,
	LIFE_GRACE,
	LIFE_DEADLINE, /* for the killing */
	LIFE_PATIENCE, /* for leftovers that may finish */
};

struct life_step {
	enum life_state next;
	enum life_action action;
	enum life_clock clock;
};

/* What to do in this state on this event. Every cell is defined. */
struct life_step life_step(enum life_state state, enum life_event event);

#endif
