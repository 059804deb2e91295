/* What a system call takes inside. The agent measures, as a launcher is the same before and after;
 * each launch gives one figure of each call. */
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

enum { MAX_ROUNDS = 40 };

struct samples {
	struct command command[MAX_LAUNCHERS];
	bool used[MAX_LAUNCHERS];
	double ns[MAX_LAUNCHERS][AGENT_CALLS][MAX_ROUNDS];
};

static int once(struct sandbox *s, const struct command *c, struct agent_calls *found)
{
	double us;
	int out[2], status;

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	s->output = out[1];
	status = sandbox_once(s, c, s->null, &us);
	s->output = s->null;
	close(out[1]);
	if (!status && read(out[0], found, sizeof(*found)) != sizeof(*found))
		status = -EIO;
	close(out[0]);
	return status;
}

/* A figure of a denied call is one only if it was. */
static void take(struct sandbox *s, struct samples *samples, unsigned i, unsigned round)
{
	char *refusal = s->row[i].refusal[POLICY_CALLS];
	struct agent_calls found;
	int status = once(s, &samples->command[i], &found);

	if (status)
		snprintf(refusal, 100, "failed in round %u: %#x", round, (unsigned)status);
	else if (s->launcher[i].against && found.error != EPERM)
		snprintf(refusal, 100, "keyctl isn't denied: %s", strerror((int)found.error));
	else
		for (unsigned k = 0; k < AGENT_CALLS; k++)
			samples->ns[i][k][round] = (double)found.ns[k] / AGENT_BATCH;
}

static void prepare(struct sandbox *s, struct samples *samples)
{
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!s->present[i] || !s->launcher[i].words[POLICY_CALLS])
			continue;
		sandbox_try(s, i, POLICY_CALLS);
		samples->used[i] = sandbox_runs(s, i, POLICY_CALLS) &&
				   !command_make(s, i, POLICY_CALLS, &samples->command[i]);
	}
}

static void summarize(struct sandbox *s, struct samples *samples, unsigned rounds)
{
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!samples->used[i])
			continue;
		command_free(&samples->command[i]);
		for (unsigned k = 0; sandbox_runs(s, i, POLICY_CALLS) && k < AGENT_CALLS; k++)
			s->row[i].value[SB_ALLOWED + k] = quantile(samples->ns[i][k], rounds, 0.5);
	}
}

void policy_time_calls(struct sandbox *s)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	unsigned rounds = s->quick ? 3 : MAX_ROUNDS, order[MAX_LAUNCHERS];

	if (!samples)
		return;
	s->verb = "calls";
	prepare(s, samples);
	for (unsigned r = 0; r < rounds; r++) {
		shuffle(order, s->nlaunchers);
		for (unsigned k = 0; k < s->nlaunchers; k++)
			if (samples->used[order[k]] && sandbox_runs(s, order[k], POLICY_CALLS))
				take(s, samples, order[k], r);
	}
	summarize(s, samples, rounds);
	free(samples);
}
