/* The times of the sandbox launchers, and how many launches a second has room for. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sandbox.h"

enum { MAX_ROUNDS = 400, AT_ONCE_MAX = 4 };

struct commands {
	struct command of[MAX_LAUNCHERS];
	bool used[MAX_LAUNCHERS];
};

static void take_refusal(int fd, char *text, size_t size, int status)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n < 0 ? 0 : n] = 0;
	text[strcspn(text, "\n")] = 0;
	if (!*text && status < 0)
		snprintf(text, size, "%s", strerror(-status));
	else if (!*text)
		snprintf(text, size, "wait status %#x and no message", (unsigned)status);
}

/* Before anything is measured, each launcher shows that it can do it at all. */
void sandbox_try(struct sandbox *s, unsigned launcher, enum shape shape)
{
	char name[] = "/var/tmp/cradle-bench-said.XXXXXX";
	int fd = mkstemp(name), status;
	struct command c;
	double us;

	unlink(name);
	if (fd < 0 || command_make(s, launcher, shape, &c)) {
		strcpy(s->row[launcher].refusal[shape], "no file for its messages");
		return;
	}
	status = sandbox_once(s, &c, fd, &us);
	if (status)
		take_refusal(fd, s->row[launcher].refusal[shape],
			     sizeof(s->row[launcher].refusal[shape]), status);
	command_free(&c);
	close(fd);
}

bool sandbox_runs(const struct sandbox *s, unsigned launcher, enum shape shape)
{
	return s->present[launcher] && s->launcher[launcher].words[shape] &&
	       !*s->row[launcher].refusal[shape];
}

static void commands_make(const struct sandbox *s, enum shape shape, struct commands *c)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		c->used[i] = sandbox_runs(s, i, shape) && !command_make(s, i, shape, &c->of[i]);
}

static void commands_free(const struct sandbox *s, struct commands *c)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		if (c->used[i])
			command_free(&c->of[i]);
}

static unsigned turns(const struct sandbox *s, unsigned launcher)
{
	return s->launcher[launcher].every ? s->launcher[launcher].every : 1;
}

static void round_robin(struct sandbox *s, enum shape shape, const struct commands *c,
			double (*sample)[MAX_ROUNDS], unsigned rounds)
{
	unsigned order[MAX_LAUNCHERS];

	for (unsigned r = 0; r < rounds; r++) {
		shuffle(order, s->nlaunchers);
		for (unsigned k = 0; k < s->nlaunchers; k++) {
			unsigned i = order[k], every = turns(s, i);
			int status = 0;

			if (r % every || !c->used[i] || !sandbox_runs(s, i, shape))
				continue;
			if (s->launcher[i].before)
				s->launcher[i].before(s);
			status = sandbox_once(s, &c->of[i], s->null, &sample[i][r / every]);
			if (status)
				snprintf(s->row[i].refusal[shape], 100, "failed in round %u: %#x",
					 r, (unsigned)status);
		}
	}
}

void sandbox_times(struct sandbox *s, enum shape shape, unsigned rounds)
{
	static double sample[MAX_LAUNCHERS][MAX_ROUNDS];
	struct commands *c = malloc(sizeof(*c));

	if (!c)
		return;
	commands_make(s, shape, c);
	round_robin(s, shape, c, sample, rounds / 10); /* warm caches, not kept */
	round_robin(s, shape, c, sample, rounds);
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		unsigned n = (rounds + turns(s, i) - 1) / turns(s, i);

		if (!c->used[i] || !sandbox_runs(s, i, shape))
			continue;
		s->row[i].value[SB_TIME + shape] = quantile(sample[i], n, 0.5);
		s->row[i].value[SB_P95 + shape] = quantile(sample[i], n, 0.95);
	}
	commands_free(s, c);
	free(c);
}

/* Puts the launch that has ended out of the list; what a launcher leaves to the subreaper isn't
 * one. */
static bool take_ended(pid_t *running, unsigned n, pid_t pid, unsigned *slot)
{
	for (*slot = 0; *slot < n; (*slot)++)
		if (running[*slot] == pid)
			return true;
	return false;
}

/* As many at once all the time; the last ones, which end alone, don't count. */
static double rate(const struct sandbox *s, const struct command *c, unsigned at_once,
		   double seconds)
{
	uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), last = start;
	pid_t running[AT_ONCE_MAX] = { 0 };
	unsigned done = 0, slot;

	for (slot = 0; slot < at_once; slot++)
		if (sandbox_start(s, c, s->null, &running[slot]))
			return NAN;
	while (last < end) {
		pid_t pid = waitpid(-1, NULL, 0);

		if (pid < 0)
			return NAN;
		if (!take_ended(running, at_once, pid, &slot))
			continue;
		done++;
		last = now_ns();
		if (sandbox_start(s, c, s->null, &running[slot]))
			return NAN;
	}
	sandbox_drain();
	return done / ((double)(last - start) / 1e9);
}

static bool rated(const struct sandbox *s, unsigned launcher)
{
	enum role role = s->launcher[launcher].role;

	return role == ROLE_FLOOR || s->launcher[launcher].promised ||
	       (role == ROLE_PEER && s->launcher[launcher].prefix);
}

static void rates(struct sandbox *s, enum shape shape, unsigned column)
{
	static const unsigned at_once[] = { 1, 2, 4 };
	double sample[MAX_LAUNCHERS][8];
	struct commands *c = malloc(sizeof(*c));
	unsigned rounds = s->quick ? 1 : 5;

	if (!c)
		return;
	commands_make(s, shape, c);
	for (unsigned k = 0; k < 3; k++) {
		for (unsigned r = 0; r < rounds; r++)
			for (unsigned i = 0; i < s->nlaunchers; i++)
				if (c->used[i] && rated(s, i))
					sample[i][r] = rate(s, &c->of[i], at_once[k],
							    s->quick ? 0.1 : 0.3);
		for (unsigned i = 0; i < s->nlaunchers; i++)
			if (c->used[i] && rated(s, i))
				s->row[i].value[column + k] = quantile(sample[i], rounds, 0.5);
	}
	commands_free(s, c);
	free(c);
}

void sandbox_measure(struct sandbox *s)
{
	static const unsigned rounds[SHAPES] = { 300, 300, 200, 200, 20, 5 };

	for (unsigned i = 0; i < s->nlaunchers; i++)
		for (unsigned shape = 0; shape < SHAPES; shape++)
			if (s->present[i] && s->launcher[i].words[shape])
				sandbox_try(s, i, shape);
	for (unsigned shape = 0; shape < SHAPES; shape++)
		sandbox_times(s, shape, s->quick ? (rounds[shape] + 14) / 15 : rounds[shape]);
	rates(s, HOST, SB_RATE);
	rates(s, HOST_NET, SB_RATE + 3);
	sandbox_count_calls(s);
}
