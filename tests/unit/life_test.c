/* The end-of-life table, cell by cell: what the manual page promises. */
#include "life.h"
#include "tap.h"

static const char *const states[] = { "run", "stop", "term", "kill", "drain", "pause", "end" };
static const char *const events[] = { "request",    "gone, kill", "gone, term",
				      "gone, wait", "empty",      "timer" };

/* Written a second time by hand, from the words; not derived from life.c. */
static const struct {
	enum life_state state;
	enum life_event event;
	struct life_step want;
} cells[] = {
	{ LIFE_RUN, LIFE_REQUEST, { LIFE_STOP, LIFE_SIGNAL_AGENT, LIFE_GRACE } },
	{ LIFE_RUN, LIFE_GONE_KILL, { LIFE_KILL, LIFE_KILL_ALL, LIFE_DEADLINE } },
	{ LIFE_RUN, LIFE_GONE_TERM, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_RUN, LIFE_GONE_WAIT, { LIFE_DRAIN, LIFE_NOTHING, LIFE_PATIENCE } },
	{ LIFE_RUN, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_RUN, LIFE_TIMER, { LIFE_RUN, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_STOP, LIFE_REQUEST, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_STOP, LIFE_GONE_KILL, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_STOP, LIFE_GONE_TERM, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_STOP, LIFE_GONE_WAIT, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_STOP, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_STOP, LIFE_TIMER, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_TERM, LIFE_REQUEST, { LIFE_KILL, LIFE_KILL_ALL, LIFE_DEADLINE } },
	{ LIFE_TERM, LIFE_GONE_KILL, { LIFE_TERM, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_TERM, LIFE_GONE_TERM, { LIFE_TERM, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_TERM, LIFE_GONE_WAIT, { LIFE_TERM, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_TERM, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_TERM, LIFE_TIMER, { LIFE_KILL, LIFE_KILL_ALL, LIFE_DEADLINE } },
	{ LIFE_KILL, LIFE_REQUEST, { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP } },
	{ LIFE_KILL, LIFE_GONE_KILL, { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP } },
	{ LIFE_KILL, LIFE_GONE_TERM, { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP } },
	{ LIFE_KILL, LIFE_GONE_WAIT, { LIFE_KILL, LIFE_KILL_ALL, LIFE_KEEP } },
	{ LIFE_KILL, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_KILL, LIFE_TIMER, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_DRAIN, LIFE_REQUEST, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_DRAIN, LIFE_GONE_KILL, { LIFE_DRAIN, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_DRAIN, LIFE_GONE_TERM, { LIFE_DRAIN, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_DRAIN, LIFE_GONE_WAIT, { LIFE_DRAIN, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_DRAIN, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_DRAIN, LIFE_TIMER, { LIFE_TERM, LIFE_TERM_ALL, LIFE_GRACE } },
	{ LIFE_PAUSE, LIFE_REQUEST, { LIFE_END, LIFE_NOTHING, LIFE_OFF } },
	{ LIFE_PAUSE, LIFE_GONE_KILL, { LIFE_PAUSE, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_PAUSE, LIFE_GONE_TERM, { LIFE_PAUSE, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_PAUSE, LIFE_GONE_WAIT, { LIFE_PAUSE, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_PAUSE, LIFE_EMPTY, { LIFE_PAUSE, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_PAUSE, LIFE_TIMER, { LIFE_RUN, LIFE_START, LIFE_OFF } },
	{ LIFE_END, LIFE_REQUEST, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_END, LIFE_GONE_KILL, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_END, LIFE_GONE_TERM, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_END, LIFE_GONE_WAIT, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_END, LIFE_EMPTY, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
	{ LIFE_END, LIFE_TIMER, { LIFE_END, LIFE_NOTHING, LIFE_KEEP } },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct life_step got = life_step(cells[i].state, cells[i].event);

		tap_ok(got.next == cells[i].want.next && got.action == cells[i].want.action &&
			       got.clock == cells[i].want.clock,
		       "in state %s on %s: %s", states[cells[i].state], events[cells[i].event],
		       states[cells[i].want.next]);
	}
	tap_ok(sizeof(cells) / sizeof(cells[0]) == LIFE_STATES * LIFE_EVENTS,
	       "no cell is left out");
	return tap_done();
}
