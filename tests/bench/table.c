/* The figures as tables for people, as TSV for programs, and against what is expected of cradle. */
#include <math.h>
#include <string.h>
#include "bench.h"

enum better { LESS, MORE, NEITHER };

struct column {
	const char *section; /* a new table starts here */
	const char *title;
	const char *key;
	enum better better; /* NEITHER: no ratios */
	int decimals;
};

static const struct column columns[M_COUNT] = {
	{ "start as PID 1 of a new PID namespace, µs from clone", "agent", "init_first_us", NEITHER,
	  0 },
	{ NULL, "p95", "init_first_p95_us", NEITHER, 0 },
	{ NULL, "over bare", "init_first_over_us", LESS, 0 },
	{ NULL, "exit", "init_exit_us", NEITHER, 0 },
	{ NULL, "p95", "init_exit_p95_us", NEITHER, 0 },
	{ NULL, "over bare", "init_exit_over_us", LESS, 0 },
	{ "start, not PID 1, µs from clone", "agent", "plain_first_us", NEITHER, 0 },
	{ NULL, "p95", "plain_first_p95_us", NEITHER, 0 },
	{ NULL, "over bare", "plain_first_over_us", LESS, 0 },
	{ NULL, "exit", "plain_exit_us", NEITHER, 0 },
	{ NULL, "p95", "plain_exit_p95_us", NEITHER, 0 },
	{ NULL, "over bare", "plain_exit_over_us", LESS, 0 },
	{ "idle as PID 1", "PSS kB", "pss_kb", LESS, 0 },
	{ NULL, "RSS kB", "rss_kb", NEITHER, 0 },
	{ NULL, "own dirty", "private_dirty_kb", LESS, 0 },
	{ NULL, "faults", "minor_faults", LESS, 0 },
	{ NULL, "wakes/10 s", "wakeups_10s", NEITHER, 0 },
	{ "orphans, a steady stream", "per second", "stream_per_s", MORE, 0 },
	{ NULL, "CPU µs each", "stream_cpu_us", LESS, 2 },
	{ NULL, "switches", "stream_switches", NEITHER, 0 },
	{ "orphans, all at once", "per second", "burst_per_s", MORE, 0 },
	{ NULL, "CPU µs each", "burst_cpu_us", LESS, 2 },
	{ NULL, "switches", "burst_switches", NEITHER, 0 },
	{ "signal round trips", "µs each", "signal_us", LESS, 2 },
	{ NULL, "per second", "signal_per_s", NEITHER, 0 },
	{ NULL, "CPU µs each", "signal_cpu_us", LESS, 2 },
	{ "system calls", "to fork", "calls_before", LESS, 0 },
	{ NULL, "in child", "calls_child", NEITHER, 0 },
	{ NULL, "after", "calls_after", NEITHER, 0 },
};

static bool beats(enum better better, double a, double b)
{
	return isnan(b) || (better == MORE ? a > b : a < b);
}

static double best(const struct bench *b, unsigned m, enum role role)
{
	double found = NAN;

	for (unsigned i = 0; i < b->ncandidates; i++) {
		double value = b->candidate[i].value[m];

		if (b->candidate[i].role == role && !isnan(value) &&
		    beats(columns[m].better, value, found))
			found = value;
	}
	return found;
}

/* The first floor in the list is the one that uses the same calls as everybody. */
static double floor_value(const struct bench *b, unsigned m)
{
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (b->candidate[i].role == ROLE_FLOOR)
			return b->candidate[i].value[m];
	return NAN;
}

static double ratio(double value, double base)
{
	return base > 0 ? value / base : NAN;
}

/* printf pads by bytes; µ has two. */
static void pad(const char *text, int width)
{
	int len = 0;

	for (const char *p = text; *p; p++)
		len += (*p & 0xc0) != 0x80;
	printf("%*s%s", width > len ? width - len : 0, "", text);
}

void cell_print(double value, int decimals, int width)
{
	char text[32];

	if (isnan(value))
		snprintf(text, sizeof(text), "-");
	else
		snprintf(text, sizeof(text), "%.*f", decimals, value);
	pad(text, width);
}

static void header(unsigned from, unsigned to)
{
	printf("\n%s\n%-16s", columns[from].section, "");
	for (unsigned m = from; m < to; m++) {
		pad(columns[m].title, 12);
		if (columns[m].better != NEITHER)
			printf("  %7s %7s", "/peer", "/floor");
	}
	putchar('\n');
}

static void row(const struct bench *b, const struct candidate *c, unsigned from, unsigned to)
{
	printf("%-16s", c->name);
	if (!c->present || c->failed) {
		puts(c->present ? "      FAILED" : "     missing");
		return;
	}
	for (unsigned m = from; m < to; m++) {
		enum better better = columns[m].better;

		cell_print(c->value[m], columns[m].decimals, 12);
		if (better == NEITHER)
			continue;
		printf("  ");
		cell_print(ratio(c->value[m], best(b, m, ROLE_PEER)), 2, 7);
		putchar(' ');
		cell_print(ratio(c->value[m], floor_value(b, m)), 2, 7);
	}
	putchar('\n');
}

static bool measured(const struct bench *b, unsigned from, unsigned to)
{
	for (unsigned i = 0; i < b->ncandidates; i++)
		for (unsigned m = from; m < to; m++)
			if (!isnan(b->candidate[i].value[m]))
				return true;
	return false;
}

void table_print(const struct bench *b)
{
	unsigned from, to;

	for (from = 0; from < M_COUNT; from = to) {
		for (to = from + 1; to < M_COUNT && !columns[to].section; to++)
			;
		if (!measured(b, from, to))
			continue;
		header(from, to);
		for (unsigned i = 0; i < b->ncandidates; i++)
			row(b, &b->candidate[i], from, to);
	}
	if (!measured(b, 0, M_COUNT))
		return;
	puts("\n/peer and /floor: the figure divided by the best peer's and by the floor's.\n"
	     "\"floor\" and \"floor -v\" differ in starting only: elsewhere their difference is "
	     "noise.");
}

static void number(FILE *out, double value)
{
	if (isnan(value))
		fputs("\t", out);
	else
		fprintf(out, "\t%.4g", value);
}

int table_write(const struct bench *b, FILE *out)
{
	fputs("candidate\tstate\tmetric\tvalue\tper_best_peer\tper_floor\n", out);
	for (unsigned i = 0; i < b->ncandidates; i++) {
		const struct candidate *c = &b->candidate[i];
		const char *state = !c->present ? "missing" : c->failed ? "failed" : "ok";

		for (unsigned m = 0; m < M_COUNT; m++) {
			bool ratios = columns[m].better != NEITHER;

			fprintf(out, "%s\t%s\t%s", c->name, state, columns[m].key);
			number(out, c->value[m]);
			number(out, ratios ? ratio(c->value[m], best(b, m, ROLE_PEER)) : NAN);
			number(out, ratios ? ratio(c->value[m], floor_value(b, m)) : NAN);
			fputc('\n', out);
		}
	}
	return fflush(out) || ferror(out) ? -1 : 0;
}

/* The floor's forms wait in the same loop (the first two): as far as their figures differ, figures
 * of this run mean nothing. */
static double noise(const struct bench *b, unsigned m)
{
	double value[2], found = 1.05;
	unsigned n = 0;

	for (unsigned i = 0; n < 2 && i < b->ncandidates; i++)
		if (b->candidate[i].role == ROLE_FLOOR)
			value[n++] = b->candidate[i].value[m];
	if (n == 2 && value[0] / value[1] > found)
		found = value[0] / value[1];
	if (n == 2 && value[1] / value[0] > found)
		found = value[1] / value[0];
	return found;
}

static void expect(const char *name, const char *what, double value, double limit,
		   enum better better)
{
	const char *verdict = "met";

	if (isnan(value)) /* --only */
		return;
	if (isnan(limit))
		verdict = "unknown, no peer to compare with";
	else if (better == MORE ? value < limit : value > limit)
		verdict = "missed";
	printf("expected %s: %s, %s (%.4g, limit %.4g)\n", name, what, verdict, value, limit);
}

/* What has no figure at all was asked for and isn't there. */
void expect_print(const char *name, const char *what, double value, double limit)
{
	if (isnan(value) && !isnan(limit))
		printf("expected %s: %s, missed (not measured)\n", name, what);
	else
		expect(name, what, value, limit, LESS);
}

static void expect_level(const struct bench *b, const struct candidate *c, const char *what,
			 unsigned m)
{
	enum better better = columns[m].better;
	double limit = best(b, m, ROLE_PEER), slack = noise(b, m);

	expect(c->name, what, c->value[m], better == MORE ? limit / slack : limit * slack, better);
}

static void expectations(const struct bench *b, const struct candidate *c)
{
	expect(c->name, "start to the agent over a bare exec at most half of the best peer's",
	       c->value[M_INIT_FIRST_OVER], best(b, M_INIT_FIRST_OVER, ROLE_PEER) / 2, LESS);
	expect(c->name, "start to the exit over a bare exec at most half of the best peer's",
	       c->value[M_INIT_EXIT_OVER], best(b, M_INIT_EXIT_OVER, ROLE_PEER) / 2, LESS);
	expect(c->name, "idle PSS at most 60 kB", c->value[M_PSS], 60, LESS);
	expect(c->name, "no wake-up while idle", c->value[M_WAKEUPS], 0, LESS);
	expect_level(b, c, "signals level with the best peer", M_SIGNAL_TIME);
	expect_level(b, c, "CPU per orphan in a stream level with the best peer", M_STREAM_CPU);
	expect_level(b, c, "CPU per orphan in a burst level with the best peer", M_BURST_CPU);
	expect_level(b, c, "orphans per second in a burst level with the best peer", M_BURST_RATE);
}

void expectations_print(const struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++) {
		const struct candidate *c = &b->candidate[i];

		if (!c->promised)
			continue;
		if (c->present && !c->failed)
			expectations(b, c);
		else
			printf("expected %s: anything, missed (%s)\n", c->name,
			       c->present ? "failed" : "missing");
	}
}
