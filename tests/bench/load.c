/* Load: orphans and signals. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include "agent.h"
#include "bench.h"

enum { MAX_ROUNDS = 200 };

struct counters {
	int64_t cpu_ns, switches;
};

static struct counters counters_of(pid_t pid)
{
	return (struct counters){ proc_cpu_ns(pid), proc_switches(pid) };
}

static bool supervises(const struct candidate *c)
{
	return c->present && !c->failed && c->role != ROLE_BARE;
}

/* Three columns: orphans per second, PID 1's CPU per orphan, PID 1's context switches. */
static int storm(struct instance *in, unsigned verb, unsigned count, double column[3])
{
	struct counters before, after;
	uint64_t ns;
	int err = 0;

	before = counters_of(in->pid);
	err = launch_command(in, verb, count);
	if (!err && verb == 'B') {
		err = launch_await(in, &ns); /* the zombies are there, their parent still is, too */
		proc_await_sleep(in->pid);
		before = counters_of(in->pid);
		if (!err && write(in->command, "g", 1) != 1)
			err = -EPIPE;
	}
	if (!err)
		err = launch_await(in, &ns);
	if (err)
		return err;
	proc_await_sleep(in->pid);
	after = counters_of(in->pid);
	column[0] = count / ((double)ns / 1e9);
	column[1] = (double)(after.cpu_ns - before.cpu_ns) / 1e3 / count;
	column[2] = (double)(after.switches - before.switches);
	return 0;
}

/* The best of several storms, as what disturbs one can only slow it down; the median of the
 * switches. Each round gives every candidate its turn. */
static void storms(struct bench *b, unsigned verb, unsigned count, unsigned rounds, unsigned column)
{
	static double sample[MAX_CANDIDATES][3][MAX_ROUNDS];
	unsigned order[MAX_CANDIDATES];

	for (unsigned r = 0; r < rounds; r++) {
		shuffle(order, b->ncandidates);
		for (unsigned i = 0; i < b->ncandidates; i++) {
			struct candidate *c = &b->candidate[order[i]];
			struct instance in;
			double value[3];
			int err;

			if (!supervises(c) || launch_serving(b, c, true, &in))
				continue;
			err = storm(&in, verb, count, value);
			if (err)
				candidate_fail(c, "it doesn't get through the orphans", err);
			for (unsigned k = 0; !err && k < 3; k++)
				sample[order[i]][k][r] = value[k];
			launch_end(c, &in);
		}
	}
	for (unsigned i = 0; i < b->ncandidates; i++)
		for (unsigned k = 0; supervises(&b->candidate[i]) && k < 3; k++)
			b->candidate[i].value[column + k] = quantile(sample[i][k], rounds, 0.5);
}

static void orphans(struct bench *b)
{
	storms(b, 'O', b->quick ? 500 : 2000, b->quick ? 3 : 15, M_STREAM_RATE);
	storms(b, 'B', b->quick ? 2000 : 20000, b->quick ? 3 : 7, M_BURST_RATE);
}

/* One batch: a signal to PID 1 from outside, the agent's byte back, the next signal. */
static int signal_batch(struct instance *in, unsigned count, double *us, double *cpu_us)
{
	struct pollfd fd = { .fd = in->answer, .events = POLLIN };
	int64_t cpu = proc_cpu_ns(in->pid);
	uint64_t start, zero;
	char c;
	int err = launch_command(in, 'S', count);

	if (!err)
		err = launch_await(in, &zero);
	if (err)
		return err;
	start = now_ns();
	for (unsigned i = 0; i < count; i++) {
		if (kill(in->pid, SIGUSR1))
			return -errno;
		/* Only the first may find PID 1 dead or deaf: polling each costs a call per trip.
		 */
		if (!i && poll(&fd, 1, 5000) != 1)
			return -ETIMEDOUT;
		if (read(in->answer, &c, 1) != 1)
			return -EPIPE;
	}
	*us = (double)(now_ns() - start) / 1e3 / count;
	*cpu_us = (double)(proc_cpu_ns(in->pid) - cpu) / 1e3 / count;
	return 0;
}

static void signal_rounds(struct bench *b, struct instance *in, unsigned rounds)
{
	static double us[MAX_CANDIDATES][MAX_ROUNDS], cpu_us[MAX_CANDIDATES][MAX_ROUNDS];
	unsigned order[MAX_CANDIDATES];

	for (unsigned r = 0; r < rounds; r++) {
		shuffle(order, b->ncandidates);
		for (unsigned i = 0; i < b->ncandidates; i++) {
			unsigned k = order[i];
			int err;

			if (!in[k].pid || b->candidate[k].failed)
				continue;
			err = signal_batch(&in[k], 200, &us[k][r], &cpu_us[k][r]);
			if (err)
				candidate_fail(&b->candidate[k], "signals don't come through", err);
		}
	}
	for (unsigned i = 0; i < b->ncandidates; i++) {
		struct candidate *c = &b->candidate[i];

		if (!in[i].pid || c->failed)
			continue;
		c->value[M_SIGNAL_TIME] = quantile(us[i], rounds, 0.5);
		c->value[M_SIGNAL_RATE] = 1e6 / c->value[M_SIGNAL_TIME];
		c->value[M_SIGNAL_CPU] = quantile(cpu_us[i], rounds, 0.5);
	}
}

/* All supervisors live at once and get their batches in turns. */
static void signals(struct bench *b)
{
	struct instance in[MAX_CANDIDATES] = { 0 };

	for (unsigned i = 0; i < b->ncandidates; i++)
		if (supervises(&b->candidate[i]))
			launch_serving(b, &b->candidate[i], true, &in[i]);
	signal_rounds(b, in, b->quick ? 20 : 200);
	for (unsigned i = 0; i < b->ncandidates; i++)
		launch_end(&b->candidate[i], &in[i]);
}

/* Everybody shares one CPU: else the price of waking another one and of fighting over the kernel's
 * task list is most of what is seen, and varies more than supervisors do. */
static void pinned(struct bench *b, void (*measure)(struct bench *))
{
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && !CPU_COUNT(&one); cpu--)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	measure(b);
	sched_setaffinity(0, sizeof(all), &all);
}

void measure_orphans(struct bench *b)
{
	pinned(b, orphans);
}

void measure_signals(struct bench *b)
{
	pinned(b, signals);
}
