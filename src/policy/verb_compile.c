/* cradle policy compile: from any form to any other. */
#include "archname.h"
#include "cache_write.h"
#include "compile.h"
#include "cradle.h"
#include "load.h"
#include "log.h"
#include "oci.h"
#include "pfc.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: cradle policy compile [OPTION]... POLICY\n"
	"\n"
	"POLICY is a name of a shipped one, or a file in cradle's text format, or an OCI profile "
	"in\n"
	"JSON, or moby's template of one.\n"
	"\n"
	"  -o, --output FILE  where to (-: standard output, which is the default)\n"
	"  --to FORMAT        bpf (default): for --seccomp FILE; oci: for container runtimes;\n"
	"                     pfc: for people\n"
	"  --cap CAP          what is for this capability is for the agent, too; repeatable\n"
	"  --kernel X.Y       for this kernel instead of the running one\n"
	"  --arch ARCH        let programs of this architecture run as well; repeatable\n"
	"  --cache            keep it in the user's cache directory, where cradle looks\n"
	"  -h, --help         this text\n"
	"\n"
	"  cradle policy compile -o agent.bpf agent.policy\n";

enum format { TO_BPF, TO_OCI, TO_PFC };

struct request {
	struct policy_context context;
	enum format format;
	const char *output;
	uint32_t arch[POLICY_ARCHS];
	unsigned narchs;
	bool cache;
};

enum { OPTION_TO = 1, OPTION_ARCH, OPTION_CACHE };

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "to", required_argument, NULL, OPTION_TO },
	{ "arch", required_argument, NULL, OPTION_ARCH },
	{ "cache", no_argument, NULL, OPTION_CACHE },
	{ "help", no_argument, NULL, 'h' },
	CONTEXT_OPTIONS,
	{ 0 },
};

static int set_format(struct request *request, const char *word)
{
	static const char *const names[] = { [TO_BPF] = "bpf", [TO_OCI] = "oci", [TO_PFC] = "pfc" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(word, names[i])) {
			request->format = (enum format)i;
			return -1;
		}
	}
	log_error("--to=%s: expected bpf, oci or pfc", word);
	return CRADLE_EXIT_FAILURE;
}

static int add_arch(struct request *request, const char *word)
{
	uint32_t arch = archname_parse(word, strlen(word));

	if (!arch || request->narchs == POLICY_ARCHS) {
		log_error("--arch=%s: expected an architecture as x86_64, x86, x32 or aarch64, at "
			  "most %d",
			  word, POLICY_ARCHS);
		return CRADLE_EXIT_FAILURE;
	}
	request->arch[request->narchs++] = arch;
	return -1;
}

/* Returns -1 to go on, else the exit code. */
static int read_option(struct request *request, char **argv, int option)
{
	int taken = context_option(&request->context, option);

	if (taken)
		return taken < 0 ? CRADLE_EXIT_FAILURE : -1;
	switch (option) {
	case 'o':
		request->output = optarg;
		return -1;
	case OPTION_TO:
		return set_format(request, optarg);
	case OPTION_ARCH:
		return add_arch(request, optarg);
	case OPTION_CACHE:
		request->cache = true;
		return -1;
	case 'h':
		(void)fputs(usage, stdout);
		return 0;
	case ':':
		log_error("%s needs a value: see cradle policy compile --help", argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	default:
		log_error("unknown option %s: see cradle policy compile --help", argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	}
}

static int write_bpf(const struct request *request, const struct policy *policy, const char *word,
		     FILE *to)
{
	struct policy_program program;
	int err = policy_compile(policy, &program);

	if (!err && fwrite(program.insn, sizeof(program.insn[0]), program.len, to) != program.len)
		err = -EIO;
	if (!err && request->cache)
		cache_store(policy, word, &request->context, &program);
	policy_program_finish(&program);
	return err;
}

static int write_format(const struct request *request, const struct policy *policy,
			const char *word, FILE *to)
{
	switch (request->format) {
	case TO_OCI:
		return policy_write_oci(policy, to);
	case TO_PFC:
		return policy_write_pfc(policy, to);
	case TO_BPF:
		break;
	}
	return write_bpf(request, policy, word, to);
}

static int write_out(const char *output, const char *bytes, size_t len)
{
	bool to_stdout = !strcmp(output, "-");
	const char *name = to_stdout ? "to standard output" : output;
	/* A stream of its own, as of what stdio couldn't write to stdout the reason is lost. */
	int fd = to_stdout ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : -1;
	FILE *to = to_stdout ? fdopen(fd, "w") : fopen(output, "we");
	int err = 0;

	if (!to)
		return log_errno(-errno, "cannot write %s", name);
	if (fwrite(bytes, 1, len, to) != len || fflush(to) == EOF)
		err = log_errno(-errno, "cannot write %s", name);
	(void)fclose(to);
	return err;
}

static void add_archs(struct policy *policy, const struct request *request)
{
	for (unsigned i = 0; i < request->narchs && policy->narchs < POLICY_ARCHS; i++)
		policy->arch[policy->narchs++] = request->arch[i];
}

/* All in memory first: a policy that can't be compiled leaves no half of a file. */
static int compile(const struct request *request, const char *word)
{
	struct policy policy;
	char *bytes = NULL;
	size_t len = 0;
	int err = policy_load(&policy, word, &request->context);

	if (!err) {
		FILE *to = open_memstream(&bytes, &len);

		add_archs(&policy, request);
		err = to ? write_format(request, &policy, word, to) : -ENOMEM;
		if (to && fclose(to) == EOF)
			err = -ENOMEM;
	}
	if (!err && request->format == TO_OCI)
		err = oci_check_size(policy.name, bytes, len);
	if (!err)
		err = write_out(request->output, bytes, len);
	free(bytes);
	policy_finish(&policy);
	return err < 0 ? CRADLE_EXIT_FAILURE : 0;
}

/* What options don't go together. */
static const char *contradiction(const struct request *request)
{
	/* An entry has the plain policy's key: a launch would take it, and let more run. */
	if (request->cache && request->narchs)
		return "--cache keeps what a launch looks for, which never is for --arch: expected "
		       "one of the two, or arch in the policy";
	if (request->format == TO_BPF && !strcmp(request->output, "-") && isatty(STDOUT_FILENO))
		return "a compiled policy is nothing for a terminal: expected -o FILE";
	return NULL;
}

int verb_compile(int argc, char **argv)
{
	struct request request = { .output = "-" };
	int option, code = -1;
	const char *wrong;

	opterr = 0;
	while (code < 0 && (option = getopt_long(argc, argv, ":ho:", options, NULL)) != -1)
		code = read_option(&request, argv, option);
	if (code >= 0)
		return code;
	wrong = contradiction(&request);
	if (optind + 1 != argc)
		wrong = "expected one POLICY: see cradle policy compile --help";
	if (wrong) {
		log_error("%s", wrong);
		return CRADLE_EXIT_FAILURE;
	}
	return compile(&request, argv[optind]);
}
