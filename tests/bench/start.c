/* Start: from clone(2) to the agent's first instruction, and to the end of the whole. */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

enum { MAX_ROUNDS = 1200 };

struct samples {
	double first[MAX_CANDIDATES][MAX_ROUNDS]; /* microseconds */
	double exit[MAX_CANDIDATES][MAX_ROUNDS];
};

static int start_once(const struct bench *b, const struct candidate *c, bool as_init,
		      double *first_us, double *exit_us)
{
	struct instance in;
	uint64_t first, start, end;
	int status, err;

	start = now_ns();
	err = launch(b, c, as_init, "true", &in);
	if (err)
		return err;
	waitpid(in.pid, &status, 0);
	end = now_ns();
	err = launch_await(&in, &first);
	close(in.command);
	close(in.answer);
	if (!err && status)
		err = -EPROTO;
	if (!err) {
		*first_us = (double)(first - start) / 1e3;
		*exit_us = (double)(end - start) / 1e3;
	}
	return err;
}

static void round_robin(struct bench *b, bool as_init, struct samples *s, unsigned rounds)
{
	unsigned order[MAX_CANDIDATES];

	for (unsigned r = 0; r < rounds; r++) {
		shuffle(order, b->ncandidates);
		for (unsigned i = 0; i < b->ncandidates; i++) {
			struct candidate *c = &b->candidate[order[i]];
			int err;

			if (!c->present || c->failed)
				continue;
			err = start_once(b, c, as_init, &s->first[order[i]][r],
					 &s->exit[order[i]][r]);
			if (err)
				candidate_fail(c, "it doesn't run a program that succeeds", err);
		}
	}
}

static const struct candidate *bare(const struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (b->candidate[i].role == ROLE_BARE)
			return &b->candidate[i];
	return NULL;
}

/* Each kind fills three columns: median, 95th percentile, median less the bare exec's. */
static void summarize(struct bench *b, unsigned column, double (*sample)[MAX_ROUNDS],
		      unsigned rounds)
{
	for (unsigned i = 0; i < b->ncandidates; i++) {
		struct candidate *c = &b->candidate[i];

		if (!c->present || c->failed)
			continue;
		c->value[column] = quantile(sample[i], rounds, 0.5);
		c->value[column + 1] = quantile(sample[i], rounds, 0.95);
	}
	for (unsigned i = 0; bare(b) && i < b->ncandidates; i++)
		if (b->candidate[i].role != ROLE_BARE)
			b->candidate[i].value[column + 2] =
				b->candidate[i].value[column] - bare(b)->value[column];
}

/* A bare exec has nothing to wait for: where one in twenty takes three times the median, somebody
 * else has the CPUs, and medians, too, say more of him than of supervisors. */
static void note_disturbance(const struct bench *b)
{
	const struct candidate *c = bare(b);

	if (c && (c->value[M_INIT_FIRST_P95] > 3 * c->value[M_INIT_FIRST] ||
		  c->value[M_PLAIN_FIRST_P95] > 3 * c->value[M_PLAIN_FIRST]))
		puts("NOTE: the machine was busy with something else; don't trust start times.");
}

void measure_start(struct bench *b)
{
	unsigned rounds = b->quick ? 100 : 800;
	struct samples *s = calloc(1, sizeof(*s));

	if (!s)
		return;
	round_robin(b, true, s, rounds / 10); /* warm caches, not kept */
	round_robin(b, true, s, rounds);
	summarize(b, M_INIT_FIRST, s->first, rounds);
	summarize(b, M_INIT_EXIT, s->exit, rounds);
	round_robin(b, false, s, rounds);
	summarize(b, M_PLAIN_FIRST, s->first, rounds);
	summarize(b, M_PLAIN_EXIT, s->exit, rounds);
	note_disturbance(b);
	free(s);
}
