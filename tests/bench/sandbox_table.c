/* The figures of the sandbox launchers, as table.c has them for supervisors; what they are compared
 * with is bwrap, as crun isn't in a hurry, and unshare builds no root. */
#include <math.h>
#include <string.h>
#include "sandbox.h"

static const char *const shape_names[SHAPES] = { "host root", "+ network", "own root",
						 "+ filter",  "100 binds", "1000 binds" };
static const char *const shape_keys[SHAPES] = { "host",   "host_net",  "private",
						"filter", "binds_100", "binds_1000" };

unsigned sandbox_find(const struct sandbox *s, const char *name)
{
	unsigned i = 0;

	while (i + 1 < s->nlaunchers && strcmp(s->launcher[i].name, name))
		i++;
	return i;
}

static double per(const struct sandbox *s, unsigned launcher, const char *name, unsigned metric)
{
	return s->row[launcher].value[metric] / s->row[sandbox_find(s, name)].value[metric];
}

static bool any(const struct sandbox *s, unsigned from, unsigned to)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		for (unsigned m = from; m < to; m++)
			if (!isnan(s->row[i].value[m]))
				return true;
	return false;
}

static void times_print(const struct sandbox *s, unsigned from, unsigned to)
{
	printf("%-14s", "");
	for (unsigned shape = from; shape < to; shape++)
		printf("%12s   p95  /bwrap /floor", shape_names[shape]);
	putchar('\n');
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (isnan(s->row[i].value[from]) && !s->launcher[i].words[from])
			continue;
		printf("%-14s", s->launcher[i].name);
		for (unsigned shape = from; shape < to; shape++) {
			cell_print(s->row[i].value[SB_TIME + shape], 0, 12);
			cell_print(s->row[i].value[SB_P95 + shape], 0, 6);
			cell_print(per(s, i, "bwrap", SB_TIME + shape), 3, 8);
			cell_print(per(s, i, "floor", SB_TIME + shape), 2, 7);
		}
		putchar('\n');
	}
}

static void rates_print(const struct sandbox *s)
{
	puts("\nlaunches per second, host root, 1, 2 and 4 at once; with a network namespace");
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (isnan(s->row[i].value[SB_RATE]) && isnan(s->row[i].value[SB_RATE + 3]))
			continue;
		printf("%-14s", s->launcher[i].name);
		for (unsigned k = 0; k < 6; k++) {
			cell_print(s->row[i].value[SB_RATE + k], 0, k == 3 ? 14 : 8);
			cell_print(per(s, i, "bwrap", SB_RATE + k), 1, 6);
			putchar(isnan(s->row[i].value[SB_RATE + k]) ? ' ' : 'x');
		}
		putchar('\n');
	}
}

static void sandbox_calls_print(const struct sandbox *s)
{
	puts("\nsystem calls for the host root with a network namespace\n"
	     "                launcher  inside   agent, to its exec; the first two");
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (isnan(s->row[i].value[SB_CALLS]))
			continue;
		printf("%-16s", s->launcher[i].name);
		for (unsigned m = SB_CALLS_LAUNCHER; m <= SB_CALLS; m++)
			cell_print(s->row[i].value[m], 0, m == SB_CALLS ? 25 : 8);
		putchar('\n');
	}
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (isnan(s->row[i].value[SB_CALLS]) || s->launcher[i].role == ROLE_PEER)
			continue;
		puts(s->launcher[i].name);
		phase_print("launcher", s->row[i].calls[0]);
		phase_print("inside", s->row[i].calls[1]);
		phase_print("agent", s->row[i].calls[2]);
	}
}

/* A feature that isn't there yet is told as such, once for each reason. */
static void refusals_print(const struct sandbox *s)
{
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!s->present[i])
			printf("%s: missing\n", s->launcher[i].name);
		for (unsigned shape = 0; shape < SHAPES; shape++)
			if (*s->row[i].refusal[shape])
				printf("%s, %s: not measured (%s)\n", s->launcher[i].name,
				       shape_names[shape], s->row[i].refusal[shape]);
	}
}

static void commands_print(const struct sandbox *s)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		if (s->launcher[i].role != ROLE_BARE)
			printf("  %-14s %s\n", s->launcher[i].name, s->launcher[i].words[HOST_NET]);
}

/* As in start.c: a bare exec has nothing to wait for but other people's programs. */
void sandbox_note_disturbance(const struct sandbox *s)
{
	const double *value = s->row[sandbox_find(s, "bare exec")].value;

	if (value[SB_P95 + HOST] > 3 * value[SB_TIME + HOST])
		puts("NOTE: the machine was busy with something else; don't trust these times.");
}

void sandbox_print(const struct sandbox *s)
{
	puts("\nsandbox around a static program, as a normal user, µs from spawn to exit");
	commands_print(s);
	sandbox_note_disturbance(s);
	times_print(s, HOST, PRIVATE);
	putchar('\n');
	times_print(s, PRIVATE, BINDS_100);
	if (any(s, SB_TIME + BINDS_100, SB_TIME + SHAPES)) {
		putchar('\n');
		times_print(s, BINDS_100, SHAPES);
	}
	if (any(s, SB_RATE, SB_RATE + 6))
		rates_print(s);
	if (any(s, SB_CALLS, SB_CALLS + 1))
		sandbox_calls_print(s);
	putchar('\n');
	refusals_print(s);
	puts("\"own root\" and \"+ filter\" include the network namespace, \"binds\" don't; "
	     "unshare "
	     "builds no root,\nand crun's is put together of binds.");
}

static void expect_shape(const struct sandbox *s, unsigned i, enum shape shape, double limit)
{
	char what[80];

	snprintf(what, sizeof(what), "%s at most %.2f of bwrap's time", shape_names[shape], limit);
	expect_print(s->launcher[i].name, what, per(s, i, "bwrap", SB_TIME + shape), limit);
	snprintf(what, sizeof(what), "%s at most 1.3 times the floor", shape_names[shape]);
	expect_print(s->launcher[i].name, what, per(s, i, "floor", SB_TIME + shape), 1.3);
}

/* Each of the last 900 binds may cost twice what one of the first 100 does: far from a square. */
static void expect_binds(const struct sandbox *s, unsigned i)
{
	const double *us = &s->row[i].value[SB_TIME];
	double first = (us[BINDS_100] - us[HOST]) / 100;
	double more = (us[BINDS_1000] - us[BINDS_100]) / 900;

	expect_print(s->launcher[i].name, "1000 binds at most 0.05 of bwrap's time",
		     per(s, i, "bwrap", SB_TIME + BINDS_1000), 0.05);
	expect_print(s->launcher[i].name,
		     "binds cost the same each (µs of the last 900, limit 2 x first 100)", more,
		     2 * first);
}

void sandbox_expectations(const struct sandbox *s)
{
	static const double limits[] = { 0.33, 0.50, 0.55, 0.45 };

	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!s->launcher[i].promised)
			continue;
		for (unsigned shape = HOST; shape <= FILTER; shape++)
			expect_shape(s, i, shape, limits[shape]);
		expect_binds(s, i);
		expect_print(s->launcher[i].name, "at most 80 system calls of launcher and PID 1",
			     s->row[i].value[SB_CALLS], 80);
	}
}

static void line(const struct sandbox *s, unsigned i, const char *key, unsigned metric, FILE *out)
{
	const double values[] = { s->row[i].value[metric], per(s, i, "bwrap", metric),
				  per(s, i, "floor", metric) };
	bool refused = metric < SB_P95 && *s->row[i].refusal[metric];

	fprintf(out, "%s\t%s\tsandbox_%s", s->launcher[i].name,
		!s->present[i] ? "missing"
		: refused      ? "failed"
			       : "ok",
		key);
	for (unsigned k = 0; k < 3; k++)
		if (isnan(values[k]))
			fputc('\t', out);
		else
			fprintf(out, "\t%.4g", values[k]);
	fputc('\n', out);
}

int sandbox_write(const struct sandbox *s, FILE *out)
{
	static const char *const rates[] = { "rate_1",     "rate_2",     "rate_4",
					     "net_rate_1", "net_rate_2", "net_rate_4" };
	static const char *const calls[] = { "calls_launcher", "calls_inside", "calls_agent",
					     "calls" };
	char key[32];

	for (unsigned i = 0; i < s->nlaunchers; i++) {
		for (unsigned shape = 0; shape < SHAPES; shape++) {
			snprintf(key, sizeof(key), "%s_us", shape_keys[shape]);
			line(s, i, key, SB_TIME + shape, out);
			snprintf(key, sizeof(key), "%s_p95_us", shape_keys[shape]);
			line(s, i, key, SB_P95 + shape, out);
		}
		for (unsigned k = 0; k < 6; k++)
			line(s, i, rates[k], SB_RATE + k, out);
		for (unsigned k = 0; k < 4; k++)
			line(s, i, calls[k], SB_CALLS_LAUNCHER + k, out);
	}
	return fflush(out) || ferror(out) ? -1 : 0;
}
