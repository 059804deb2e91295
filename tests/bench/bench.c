/* make bench: the supervisors side by side. See bench.h for how, --help for what. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "policy.h"

static const struct candidate known[] = {
	{ .name = "bare exec", .role = ROLE_BARE },
	{ .name = "floor", .role = ROLE_FLOOR, .init = { "BUILD/bench/floor" } },
	{ .name = "floor -v", .role = ROLE_FLOOR, .init = { "BUILD/bench/floor", "-v" } },
	{ .name = "floor -a", .role = ROLE_FLOOR, .init = { "BUILD/bench/floor", "-a" } },
	{ .name = "tini",
	  .role = ROLE_PEER,
	  .init = { "tini", "--" },
	  .plain = { "tini", "-s", "--" } },
	{ .name = "tini-static",
	  .role = ROLE_PEER,
	  .init = { "tini-static", "--" },
	  .plain = { "tini-static", "-s", "--" } },
	{ .name = "dumb-init", .role = ROLE_PEER, .init = { "dumb-init", "--" } },
	{ .name = "catatonit", .role = ROLE_PEER, .init = { "catatonit", "--" } },
	{ .name = "cradle",
	  .role = ROLE_OURS,
	  .init = { "BUILD/cradle", "init", "--" },
	  .promised = true },
	/* Whoever wants the orphans counted (--report) or shown (-w) gets the ordinary loop;
	 * showing them is a line for each, which no peer writes, hence no promise. */
	{ .name = "cradle --report",
	  .role = ROLE_OURS,
	  .init = { "BUILD/cradle", "init", "--report=file:/dev/null", "--" },
	  .promised = true },
	{ .name = "cradle -w", .role = ROLE_OURS, .init = { "BUILD/cradle", "init", "-w", "--" } },
};

static const char usage[] =
	"usage: bench [--quick] [--output FILE] [--build DIR] [--only WHAT]... [--add "
	"NAME=COMMAND]...\n"
	"  --quick       few rounds: whether it works, not how well\n"
	"  --output      the figures as TSV\n"
	"  --build       where cradle and bench/ are (default: the parent of this program's "
	"directory)\n"
	"  --only        start, idle, orphans, signals, calls, sandbox or policy\n"
	"  --add         one more supervisor; COMMAND is split at blanks, the agent's words "
	"follow\n"
	"Rounds of all supervisors are mixed; compare figures of one run only.\n";

static const char *const parts[] = { "start", "idle",    "orphans", "signals",
				     "calls", "sandbox", "policy" };
static void (*const measure[])(struct bench *) = { measure_start,   measure_idle,  measure_orphans,
						   measure_signals, measure_calls, measure_sandbox,
						   measure_policy };
enum { CALLS = 4, SANDBOX, POLICY, NPARTS };

struct options {
	const char *output;
	bool only[NPARTS];
	bool any;
};

static bool wanted(const struct options *o, unsigned part)
{
	return !o->any || o->only[part];
}

static bool wanted_below(const struct options *o, unsigned end)
{
	for (unsigned i = 0; i < end; i++)
		if (wanted(o, i))
			return true;
	return false;
}

static char *dup_or_die(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		exit(125);
	return copy;
}

/* Debian keeps catatonit in PATH, others keep it with podman. */
static bool resolve(const char **word, const char *build)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin",
					    "/usr/libexec/podman" };
	char path[PATH_MAX + 64];

	if (!strncmp(*word, "BUILD/", 6)) {
		snprintf(path, sizeof(path), "%s/%s", build, *word + 6);
		*word = dup_or_die(path);
		return !access(path, X_OK);
	}
	if (strchr(*word, '/'))
		return !access(*word, X_OK);
	for (unsigned i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], *word);
		if (!access(path, X_OK)) {
			*word = dup_or_die(path);
			return true;
		}
	}
	return false;
}

static void candidate_add(struct bench *b, const struct candidate *from)
{
	struct candidate *c = &b->candidate[b->ncandidates];

	if (b->ncandidates == MAX_CANDIDATES)
		return;
	b->ncandidates++;
	*c = *from;
	for (unsigned m = 0; m < M_COUNT; m++)
		c->value[m] = NAN;
}

static void candidates_resolve(struct bench *b, const char *build)
{
	for (unsigned i = 0; i < b->ncandidates; i++) {
		struct candidate *c = &b->candidate[i];

		c->present = !c->init[0] || resolve(&c->init[0], build);
		if (c->present && c->plain[0])
			c->plain[0] = c->init[0];
	}
}

/* NAME=COMMAND; the words stay in the argument itself. */
static bool add_from_text(struct bench *b, char *text)
{
	struct candidate c = { .name = text, .role = ROLE_OURS };
	char *words = strchr(text, '=');
	unsigned n = 0;

	if (!words)
		return false;
	*words++ = 0;
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " ")) {
		if (n == MAX_WORDS)
			return false;
		c.init[n++] = w;
	}
	if (n)
		candidate_add(b, &c);
	return n > 0;
}

static bool only_add(struct options *o, const char *name)
{
	for (unsigned i = 0; i < NPARTS; i++) {
		if (strcmp(parts[i], name))
			continue;
		o->only[i] = o->any = true;
		return true;
	}
	return false;
}

static int refuse(const char *option, const char *value)
{
	fprintf(stderr, "bench: cannot use \"%s\" for %s; see --help\n", value, option);
	return 125;
}

/* 0: go on; otherwise the exit code plus one. */
static int options_parse(struct bench *b, struct options *o, int argc, char **argv)
{
	static const struct option longs[] = { { "quick", no_argument, NULL, 'q' },
					       { "output", required_argument, NULL, 'o' },
					       { "build", required_argument, NULL, 'b' },
					       { "only", required_argument, NULL, 'n' },
					       { "add", required_argument, NULL, 'a' },
					       { "help", no_argument, NULL, 'h' },
					       { 0 } };
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'q')
			b->quick = true;
		else if (opt == 'o')
			o->output = optarg;
		else if (opt == 'b')
			snprintf(b->build, sizeof(b->build), "%s", optarg);
		else if (opt == 'n' && !only_add(o, optarg))
			return refuse("--only", optarg) + 1;
		else if (opt == 'a' && !add_from_text(b, optarg))
			return refuse("--add", optarg) + 1;
		else if (opt == 'h')
			return fputs(usage, stdout) < 0 ? 126 : 1;
		else if (opt == '?')
			return 126;
	}
	return optind < argc ? refuse("an argument", argv[optind]) + 1 : 0;
}

/* The program lies in BUILD/bench. */
static void build_default(char *build, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", build, size - 1);

	build[n < 0 ? 0 : n] = 0;
	for (int up = 0; up < 2; up++)
		if (strrchr(build, '/'))
			*strrchr(build, '/') = 0;
}

static int write_output(const struct bench *b, const char *path)
{
	FILE *out = fopen(path, "we");
	int err;

	if (!out) {
		fprintf(stderr, "bench: cannot write %s: %s\n", path, strerror(errno));
		return 125;
	}
	err = table_write(b, out);
	if (!err && b->sandbox)
		err = sandbox_write(b->sandbox, out);
	if (!err && b->policy)
		err = policy_write(b->policy, out);
	return fclose(out) || err ? 125 : 0;
}

static void print_machine(const struct bench *b)
{
	struct utsname u;

	uname(&u);
	printf("Linux %s, %ld CPUs, %s, %s rounds\n", u.release, sysconf(_SC_NPROCESSORS_ONLN),
	       geteuid() ? "user and PID namespace" : "PID namespace",
	       b->quick ? "few (--quick)" : "full");
}

static void print_supervisors(const struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++) {
		const struct candidate *c = &b->candidate[i];
		struct stat st;

		if (!c->init[0])
			continue;
		printf("  %-16s", c->name);
		for (int w = 0; w < MAX_WORDS && c->init[w]; w++)
			printf(" %s", c->init[w]);
		if (c->present && !stat(c->init[0], &st))
			printf("  (%lld bytes)\n", (long long)st.st_size);
		else
			puts("  MISSING");
	}
}

/* A supervisor that is there but can't be measured is a failure; slowness isn't. */
static int verdict(const struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++)
		if (b->candidate[i].failed)
			return 1;
	return (b->sandbox && b->sandbox->failed) || (b->policy && b->policy->failed);
}

static void print_all(const struct bench *b, bool calls)
{
	table_print(b);
	if (calls)
		calls_print(b);
	if (b->sandbox)
		sandbox_print(b->sandbox);
	if (b->policy)
		policy_print(b->policy);
	putchar('\n');
	expectations_print(b);
	if (b->sandbox)
		sandbox_expectations(b->sandbox);
	if (b->policy)
		policy_expectations(b->policy);
}

int main(int argc, char **argv)
{
	static struct bench b;
	static struct options o;
	int err;

	build_default(b.build, sizeof(b.build));
	for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++)
		candidate_add(&b, &known[i]);
	err = options_parse(&b, &o, argc, argv);
	if (err)
		return err - 1;
	snprintf(b.agent, sizeof(b.agent), "%.4000s/bench/agent", b.build);
	if (access(b.agent, X_OK)) {
		fprintf(stderr, "bench: cannot find the agent %s; build it with make bench\n",
			b.agent);
		return 125;
	}
	b.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (b.null < 0) {
		fprintf(stderr, "bench: cannot open /dev/null: %s\n", strerror(errno));
		return 125;
	}
	candidates_resolve(&b, b.build);
	print_machine(&b);
	if (wanted_below(&o, SANDBOX))
		print_supervisors(&b);
	fflush(stdout);
	/* A page of a binary that isn't on disk yet would count as its user's own dirty memory. */
	sync();
	for (unsigned i = 0; i < NPARTS; i++)
		if (wanted(&o, i))
			measure[i](&b);
	print_all(&b, wanted(&o, CALLS));
	err = o.output ? write_output(&b, o.output) : 0;
	return err ? err : verdict(&b);
}
