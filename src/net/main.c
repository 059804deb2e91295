/* cradle-net - set up network interfaces, as cradle's --net asks.
 *
 * A program of its own so that cradle, which becomes PID 1, links no library. All words are read
 * before anything is touched.
 */
#include "cradle.h"
#include "interface.h"
#include "resolv.h"
#include "sandbox.h"
#include "say.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INTERFACES = 32 };

/* All that was asked for. */
struct plan {
	struct net_spec interface[MAX_INTERFACES];
	unsigned ninterfaces;
	struct net_ip dns[NET_MAX_DNS];
	unsigned ndns;
	const char *resolv_conf;
	pid_t pid; /* whose network namespace; 0: ours */
	struct spec_net sandbox;
};

static const char usage[] =
	"usage: cradle net [--resolv-conf FILE] IFACE[,address=CIDR]...[,gateway=IP]...[,mtu=N]"
	"[,dns=IP]...\n"
	"       cradle net --netns-pid PID [--net MODE] [--address CIDR]... [--route DEST]...\n"
	"                  [--mtu N]\n"
	"\n"
	"Waits for each interface, sets its MTU, adds its addresses, brings it up and adds\n"
	"its default routes. What is there already is left as it is.\n"
	"\n"
	"The second form is for a process's network namespace, from outside; cradle run\n"
	"uses it, and its options mean what they mean there.\n"
	"\n"
	"  --resolv-conf FILE  where the name servers are written (/etc/resolv.conf)\n"
	"  --netns-pid PID     whose network namespace\n"
	"  --net MODE          loopback (default), veth[:...] or macvlan:...\n"
	"  --address CIDR      an address of that interface; repeatable\n"
	"  --route DEST        a route, DEST a CIDR or default, with ,via=IP; repeatable\n"
	"  --mtu N             its MTU\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n"
	"\n"
	"  cradle net lo eth0,address=10.0.2.15/24,gateway=10.0.2.2,dns=10.0.2.3\n";

/* The kernel has one default route per family (and metric), resolv.conf has three servers, however
 * many interfaces there are. */
static const char *add_shared(struct plan *plan, const struct net_spec *spec)
{
	for (unsigned i = 0; i < plan->ninterfaces; i++) {
		const struct net_spec *other = &plan->interface[i];

		for (unsigned g = 0; g < other->ngateways * spec->ngateways; g++) {
			if (other->gateway[g / spec->ngateways].family ==
			    spec->gateway[g % spec->ngateways].family)
				return "expected at most one gateway for IPv4 and one for IPv6";
		}
	}
	if (plan->ndns + spec->ndns > NET_MAX_DNS)
		return "expected at most 3 name servers";
	memcpy(&plan->dns[plan->ndns], spec->dns, spec->ndns * sizeof(spec->dns[0]));
	plan->ndns += spec->ndns;
	return NULL;
}

static int add_interface(struct plan *plan, const char *value)
{
	struct net_spec *spec = &plan->interface[plan->ninterfaces];
	const char *expected, *word;
	size_t len;

	if (plan->ninterfaces == MAX_INTERFACES) {
		say("%s: expected at most %d interfaces", value, MAX_INTERFACES);
		return -1;
	}
	expected = net_parse(spec, value, &word, &len);
	if (expected) {
		say("bad word '%.*s' in '%s': %s", (int)len, word, value, expected);
		return -1;
	}
	expected = add_shared(plan, spec);
	if (expected) {
		say("bad '%s': %s for all interfaces together", value, expected);
		return -1;
	}
	plan->ninterfaces++;
	return 0;
}

static int carry_out(const struct plan *plan)
{
	struct request request;
	int err = request_open(&request);

	if (err < 0)
		return say_errno(err, "", NULL, "cannot open an rtnetlink socket");
	for (unsigned i = 0; i < plan->ninterfaces && !err; i++)
		err = interface_set(&request, &plan->interface[i]);
	request_close(&request);
	if (err || !plan->ndns)
		return err;
	err = resolv_write(plan->resolv_conf, plan->dns, plan->ndns);
	if (err < 0)
		return say_errno(err, "", "give another file with --resolv-conf", "cannot write %s",
				 plan->resolv_conf);
	return 0;
}

static int read_pid(struct plan *plan, const char *value)
{
	char *end;
	long pid = strtol(value, &end, 10);

	if (pid > 0 && pid <= INT32_MAX && !*end) {
		plan->pid = (pid_t)pid;
		return -1;
	}
	say("--netns-pid=%s: expected the number of a process", value);
	return CRADLE_EXIT_FAILURE;
}

static int read_sandbox(struct plan *plan, const char *option, const char *value)
{
	const char *word = value, *expected;
	size_t len = strlen(value);

	if (!strcmp(option, "net"))
		expected = netmode_parse(&plan->sandbox, value, &word, &len);
	else
		expected = netmode_set(&plan->sandbox, option, value);
	if (!expected)
		return -1;
	say("--%s=%s: bad word '%.*s': %s", option, value, (int)len, word, expected);
	return CRADLE_EXIT_FAILURE;
}

static const struct option options[] = {
	{ "resolv-conf", required_argument, NULL, 'r' },
	{ "netns-pid", required_argument, NULL, 'p' },
	{ "net", required_argument, NULL, 'n' },
	{ "address", required_argument, NULL, 'n' },
	{ "route", required_argument, NULL, 'n' },
	{ "mtu", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

/* Returns -1 to go on, else the exit code. */
static int read_option(struct plan *plan, char **argv, int option, int which)
{
	switch (option) {
	case 'r':
		plan->resolv_conf = optarg;
		return -1;
	case 'p':
		return read_pid(plan, optarg);
	case 'n':
		return read_sandbox(plan, options[which].name, optarg);
	case 'h':
		return fputs(usage, stdout) < 0 ? CRADLE_EXIT_FAILURE : 0;
	case 'V':
		return puts("cradle-net " CRADLE_VERSION) < 0 ? CRADLE_EXIT_FAILURE : 0;
	case ':':
		say("%s needs a value: see cradle net --help", argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	default:
		say("unknown option %s: see cradle net --help", argv[optind - 1]);
		return CRADLE_EXIT_FAILURE;
	}
}

static int read_options(struct plan *plan, int argc, char **argv)
{
	int option, which = 0, code = -1;

	opterr = 0;
	while (code < 0 && (option = getopt_long(argc, argv, ":hV", options, &which)) != -1)
		code = read_option(plan, argv, option, which);
	return code;
}

static int set_sandbox(const struct plan *plan, bool interfaces)
{
	const char *conflict = netmode_conflict(&plan->sandbox);

	if (!conflict && !netmode_wants_helper(&plan->sandbox))
		conflict = "nothing to do from outside: expected --address, --route or --mtu, or "
			   "--net=veth or macvlan";
	if (interfaces)
		conflict = "--netns-pid comes with --address, --route and --mtu: expected no IFACE";
	if (!conflict)
		return sandbox_set(&plan->sandbox, plan->pid) < 0 ? CRADLE_EXIT_FAILURE : 0;
	say("%s", conflict);
	return CRADLE_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static struct plan plan = { .resolv_conf = "/etc/resolv.conf" };
	int code = read_options(&plan, argc, argv);

	if (code >= 0)
		return code;
	if (plan.pid)
		return set_sandbox(&plan, optind < argc);
	if (plan.sandbox.nwords) {
		say("--%s needs a network namespace: expected --netns-pid PID, too",
		    plan.sandbox.word[0]);
		return CRADLE_EXIT_FAILURE;
	}
	if (optind == argc) {
		say("no interface to set up: expected IFACE[,address=CIDR]..., see --help");
		return CRADLE_EXIT_FAILURE;
	}
	for (int i = optind; i < argc; i++) {
		if (add_interface(&plan, argv[i]) < 0)
			return CRADLE_EXIT_FAILURE;
	}
	return carry_out(&plan) < 0 ? CRADLE_EXIT_FAILURE : 0;
}
