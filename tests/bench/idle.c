/* Idle: what a supervisor that only waits costs in memory and in wake-ups. */
#include <time.h>
#include "bench.h"

/* One at a time: two processes of one binary would share its pages, and each show half. */
static void memory(const struct bench *b, struct candidate *c)
{
	struct instance in;

	if (launch_serving(b, c, true, &in))
		return;
	c->value[M_PSS] = (double)proc_number(in.pid, "smaps_rollup", "Pss");
	c->value[M_RSS] = (double)proc_number(in.pid, "smaps_rollup", "Rss");
	c->value[M_DIRTY] = (double)proc_number(in.pid, "smaps_rollup", "Private_Dirty");
	c->value[M_FAULTS] = (double)proc_minor_faults(in.pid);
	launch_end(c, &in);
}

static bool supervises(const struct candidate *c)
{
	return c->present && !c->failed && c->role != ROLE_BARE;
}

/* All of them sleep through the same seconds. */
static void wakeups(struct bench *b, unsigned seconds)
{
	struct instance in[MAX_CANDIDATES] = { 0 };
	int64_t before[MAX_CANDIDATES];
	struct timespec pause = { .tv_sec = seconds };

	for (unsigned i = 0; i < b->ncandidates; i++)
		if (supervises(&b->candidate[i]))
			launch_serving(b, &b->candidate[i], true, &in[i]);
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (in[i].pid)
			before[i] = proc_switches(in[i].pid);
	nanosleep(&pause, NULL);
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (in[i].pid)
			b->candidate[i].value[M_WAKEUPS] =
				(double)(proc_switches(in[i].pid) - before[i]) * 10 / seconds;
	for (unsigned i = 0; i < b->ncandidates; i++)
		launch_end(&b->candidate[i], &in[i]);
}

void measure_idle(struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (supervises(&b->candidate[i]))
			memory(b, &b->candidate[i]);
	wakeups(b, b->quick ? 3 : 10);
}
