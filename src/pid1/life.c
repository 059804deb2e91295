/* The table itself. Read a row as: in this state, on these events, do that.
 * tests/unit/life_test.c goes through it cell by cell and the manual page prints it. */
#include "life.h"

/* clang-format off */
#define STAY(state) { state, LIFE_NOTHING, LIFE_KEEP }
#define TERM_ALL    { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE }
#define KILL_ALL    { LIFE_KILL, LIFE_KILL_ALL, LIFE_DEADLINE }
#define THE_END     { LIFE_END, LIFE_NOTHING, LIFE_OFF }
/* clang-format on */

static const struct life_step table[LIFE_STATES][LIFE_EVENTS] = {
	[LIFE_RUN] = {
		[LIFE_REQUEST] = { LIFE_STOP, LIFE_SIGNAL_AGENT, LIFE_GRACE },
		[LIFE_GONE_KILL] = KILL_ALL,
		[LIFE_GONE_TERM] = TERM_ALL,
		[LIFE_GONE_WAIT] = { LIFE_DRAIN, LIFE_NOTHING, LIFE_PATIENCE },
		[LIFE_EMPTY] = THE_END,
		[LIFE_TIMER] = STAY(LIFE_RUN),
	},
	/* A stop in order is gentle to the leftovers whatever --leftovers says. */
	[LIFE_STOP] = {
		[LIFE_REQUEST] = TERM_ALL,
		[LIFE_GONE_KILL] = TERM_ALL,
		[LIFE_GONE_TERM] = TERM_ALL,
		[LIFE_GONE_WAIT] = TERM_ALL,
		[LIFE_EMPTY] = THE_END,
		[LIFE_TIMER] = TERM_ALL,
	},
	[LIFE_TERM] = {
		[LIFE_REQUEST] = KILL_ALL,
		[LIFE_GONE_KILL] = STAY(LIFE_TERM),
		[LIFE_GONE_TERM] = STAY(LIFE_TERM),
		[LIFE_GONE_WAIT] = STAY(LIFE_TERM),
		[LIFE_EMPTY] = THE_END,
		[LIFE_TIMER] = KILL_ALL,
	},
	/* Whoever forked while KILL was sent round is killed when it shows: with each corpse. */
	[LIFE_KILL] = {
		[LIFE_REQUEST] = { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP },
		[LIFE_GONE_KILL] = { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP },
		[LIFE_GONE_TERM] = { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP },
		[LIFE_GONE_WAIT] = { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP },
		[LIFE_EMPTY] = THE_END,
		[LIFE_TIMER] = THE_END,
	},
	[LIFE_DRAIN] = {
		[LIFE_REQUEST] = TERM_ALL,
		[LIFE_GONE_KILL] = STAY(LIFE_DRAIN),
		[LIFE_GONE_TERM] = STAY(LIFE_DRAIN),
		[LIFE_GONE_WAIT] = STAY(LIFE_DRAIN),
		[LIFE_EMPTY] = THE_END,
		[LIFE_TIMER] = TERM_ALL,
	},
	[LIFE_PAUSE] = {
		[LIFE_REQUEST] = THE_END,
		[LIFE_GONE_KILL] = STAY(LIFE_PAUSE),
		[LIFE_GONE_TERM] = STAY(LIFE_PAUSE),
		[LIFE_GONE_WAIT] = STAY(LIFE_PAUSE),
		[LIFE_EMPTY] = STAY(LIFE_PAUSE),
		[LIFE_TIMER] = { LIFE_RUN, LIFE_START, LIFE_OFF },
	},
	[LIFE_END] = {
		[LIFE_REQUEST] = STAY(LIFE_END),
		[LIFE_GONE_KILL] = STAY(LIFE_END),
		[LIFE_GONE_TERM] = STAY(LIFE_END),
		[LIFE_GONE_WAIT] = STAY(LIFE_END),
		[LIFE_EMPTY] = STAY(LIFE_END),
		[LIFE_TIMER] = STAY(LIFE_END),
	},
};

struct life_step life_step(enum life_state state, enum life_event event)
{
	return table[state][event];
}
