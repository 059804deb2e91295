/* cradle policy supervise: started by cradle, not by people. Reads its policies before anything is
 * denied, and outlives the signals that are meant for the sandbox. */
#include "supervise.h"

#include "cradle.h"
#include "log.h"
#include "policies.h"
#include "util.h"
#include "verbs.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

static const char usage[] =
	"usage: cradle policy supervise --socket=FD [--mode=explain|complain] [--json=FD]\n"
	"                               [--cap CAP]... [--kernel X.Y] POLICY...\n"
	"\n"
	"Receives a seccomp listener over a socket, and answers and explains the calls that\n"
	"the policies deny, until nobody is left whom they hold for. The exit code is 1 if a\n"
	"process died of it. cradle run --explain starts it.\n"
	"\n"
	"  --socket FD   where the listener comes: one byte with SCM_RIGHTS\n"
	"  --mode MODE   explain (default): calls are denied; complain: they are let through\n"
	"  --json FD     the same as lines of JSON\n"
	"  --cap CAP     what the agent keeps, as for compile; repeatable\n"
	"  --kernel X.Y  for which the policies were compiled\n"
	"  -h, --help    this text\n";

/* While a launcher relays a terminal it is raw, and a line's end alone would stay in the column. */
void supervise_tell(const char *line)
{
	struct termios terminal;
	bool raw = tcgetattr(STDERR_FILENO, &terminal) == 0 && !(terminal.c_oflag & OPOST);
	char text[5120];
	int n = snprintf(text, sizeof(text), "cradle: %s%s\n", line, raw ? "\r" : "");

	if (n > (int)sizeof(text) - 1)
		n = (int)sizeof(text) - 1;
	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		return; /* nobody is left to tell */
}

/* The terminal sends them to us as well; we end when the sandbox has. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				       SIGTSTP, SIGTTOU, SIGTTIN, SIGPIPE };

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
}

static int read_fd(const char *option, int *fd)
{
	uint64_t number;

	if (!util_number(optarg, INT32_MAX, &number)) {
		log_error("%s=%s: expected the number of a descriptor", option, optarg);
		return CRADLE_EXIT_FAILURE;
	}
	*fd = (int)number;
	return -1;
}

static int read_mode(struct supervisor *supervisor)
{
	supervisor->complain = !strcmp(optarg, "complain");
	if (supervisor->complain || !strcmp(optarg, "explain"))
		return -1;
	log_error("--mode=%s: expected explain or complain", optarg);
	return CRADLE_EXIT_FAILURE;
}

struct request {
	struct supervisor supervisor;
	struct policy_context context;
	int socket;
};

/* Returns -1 to go on, else the exit code. */
static int read_option(struct request *request, char **argv, int option)
{
	switch (option) {
	case 's':
		return read_fd("--socket", &request->socket);
	case 'j':
		return read_fd("--json", &request->supervisor.json);
	case 'm':
		return read_mode(&request->supervisor);
	case 'h':
		(void)fputs(usage, stdout);
		return 0;
	case CONTEXT_CAP:
	case CONTEXT_KERNEL:
		return context_option(&request->context, option) < 0 ? CRADLE_EXIT_FAILURE : -1;
	case ':':
		log_error("%s needs a value: see cradle policy supervise --help", argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	default:
		log_error("unknown option %s: see cradle policy supervise --help",
			  argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	}
}

static int read_arguments(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", required_argument, NULL, 'j' },
		{ "mode", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		CONTEXT_OPTIONS,
		{ 0 },
	};
	int option, code = -1;

	opterr = 0;
	while (code < 0 && (option = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		code = read_option(request, argv, option);
	if (code < 0 && request->socket < 0) {
		log_error("no listener: expected --socket=FD, as cradle run --explain gives it");
		return CRADLE_EXIT_FAILURE;
	}
	for (; code < 0 && optind < argc; optind++) {
		if (stack_add(&request->supervisor.stack, argv[optind], &request->context) < 0)
			return CRADLE_EXIT_FAILURE;
	}
	return code;
}

static int serve(struct request *request)
{
	struct supervisor *supervisor = &request->supervisor;
	int err;

	/* For each life of the agent one. The socket stays open, so the other end knows that we
	 * live. */
	while (!(err = listener_receive(&supervisor->listener, request->socket))) {
		err = supervise(supervisor);
		listener_close(&supervisor->listener);
		if (err)
			break;
	}
	supervise_sum(supervisor);
	/* No further life; or nothing was started, and who failed to has said why. */
	return err == -ENOTCONN ? 0 : err;
}

int verb_supervise(int argc, char **argv)
{
	static struct request request = { .supervisor = { .listener = { .fd = -1 }, .json = -1 },
					  .socket = -1 };
	int code;

	/* In a container the agent may be of the same user: it could make us do by ptrace(2) what
	 * is refused to it. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	code = read_arguments(&request, argc, argv);

	if (code < 0) {
		ignore_signals();
		code = serve(&request) < 0        ? CRADLE_EXIT_FAILURE
		       : request.supervisor.ended ? SUPERVISE_ENDED
						  : 0;
	}
	seen_finish(&request.supervisor.seen);
	stack_finish(&request.supervisor.stack);
	return code;
}
