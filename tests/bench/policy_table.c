/* The figures of policies: each launcher is compared with itself without one. */
#include "policy.h"

#include <linux/filter.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static double over(const struct sandbox *s, unsigned i, unsigned metric)
{
	const char *against = s->launcher[i].against;

	if (!against)
		return NAN;
	return s->row[i].value[metric] - s->row[sandbox_find(s, against)].value[metric];
}

static void launches_print(const struct sandbox *s)
{
	printf("%-16s%10s%8s%12s\n", "", "median", "p95", "over none");
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		printf("%-16s", s->launcher[i].name);
		cell_print(s->row[i].value[SB_TIME + POLICY_LAUNCH], 0, 10);
		cell_print(s->row[i].value[SB_P95 + POLICY_LAUNCH], 0, 8);
		cell_print(over(s, i, SB_TIME + POLICY_LAUNCH), 0, 12);
		putchar('\n');
	}
}

static void calls_table_print(const struct sandbox *s)
{
	puts("\na system call inside, ns: getppid is allowed whatever its arguments, ioctl is if "
	     "they are right,\nkeyctl is denied; none of them succeeds in doing anything");
	printf("%-16s%10s%11s%10s%11s%10s\n", "", "allowed", "over none", "checked", "over none",
	       "denied");
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!s->launcher[i].words[POLICY_CALLS])
			continue;
		printf("%-16s", s->launcher[i].name);
		for (unsigned m = SB_ALLOWED; m <= SB_DENIED; m++) {
			cell_print(s->row[i].value[m], 0, 10);
			if (m != SB_DENIED)
				cell_print(over(s, i, m), 0, 11);
		}
		putchar('\n');
	}
}

static void refusals_print(const struct sandbox *s)
{
	static const char *const what[] = { [POLICY_LAUNCH] = "launch", [POLICY_CALLS] = "calls" };

	for (unsigned i = 0; i < s->nlaunchers; i++) {
		if (!s->present[i])
			printf("%s: missing\n", s->launcher[i].name);
		for (unsigned shape = POLICY_LAUNCH; shape <= POLICY_CALLS; shape++)
			if (*s->row[i].refusal[shape])
				printf("%s, %s: not measured (%s)\n", s->launcher[i].name,
				       what[shape], s->row[i].refusal[shape]);
	}
}

void policy_print(const struct sandbox *s)
{
	struct stat st = { 0 };

	(void)fstat(s->filter, &st);
	printf("\na policy (the shipped default, %zu instructions) at launch, as a normal user, µs "
	       "from spawn to exit\n",
	       (size_t)st.st_size / sizeof(struct sock_filter));
	/* A runtime's, around the bench. */
	if (proc_number(getpid(), "status", "Seccomp") > 0)
		puts("NOTE: the bench itself runs under a filter; \"none\" is that one.");
	sandbox_note_disturbance(s);
	launches_print(s);
	calls_table_print(s);
	putchar('\n');
	refusals_print(s);
	puts("\"cold\": nothing in the cache, cradle policy compiles.");
}

/* Compiling is what the cache is there for. */
void policy_expectations(const struct sandbox *s)
{
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		const struct launcher *l = &s->launcher[i];

		if (l->promised && l->against && !l->before)
			expect_print(l->name, "a launch at most 200 µs over one without a policy",
				     over(s, i, SB_TIME + POLICY_LAUNCH), 200);
	}
}

static void line(const struct sandbox *s, unsigned i, const char *key, unsigned metric,
		 unsigned shape, FILE *out)
{
	bool refused = *s->row[i].refusal[shape];
	const char *state = !s->present[i] ? "missing" : refused ? "failed" : "ok";
	const double values[] = { s->row[i].value[metric], over(s, i, metric) };
	static const char *const suffix[] = { "", "_over" };

	for (unsigned k = 0; k < 2; k++) {
		fprintf(out, "%s\t%s\tpolicy_%s%s\t", s->launcher[i].name, state, key, suffix[k]);
		if (!isnan(values[k]))
			fprintf(out, "%.4g", values[k]);
		fputs("\t\t\n", out);
	}
}

int policy_write(const struct sandbox *s, FILE *out)
{
	static const char *const calls[] = { "allowed_ns", "checked_ns", "denied_ns" };

	for (unsigned i = 0; i < s->nlaunchers; i++) {
		line(s, i, "launch_us", SB_TIME + POLICY_LAUNCH, POLICY_LAUNCH, out);
		line(s, i, "launch_p95_us", SB_P95 + POLICY_LAUNCH, POLICY_LAUNCH, out);
		for (unsigned k = 0; k < 3; k++)
			line(s, i, calls[k], SB_ALLOWED + k, POLICY_CALLS, out);
	}
	return fflush(out) || ferror(out) ? -1 : 0;
}
