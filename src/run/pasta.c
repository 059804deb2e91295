/* pasta(1) and its keeper: a child of the launcher that executes nothing, so that it hears of the
 * launcher's end by a pipe and not by a signal on the parent's death, which the kernel drops
 * when a program changes its LSM label (AppArmor has a profile for pasta). May not touch the
 * sandbox itself.
 */
#include "pasta.h"

#include "cradle.h"
#include "log.h"
#include "sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 20000, PASTA_MAX_ARGS = 2 * NET_MAX_PORTS + 32, SAID_SIZE = 512 };

struct args {
	char *argv[PASTA_MAX_ARGS];
	unsigned n;
	char pid[16], mtu[16], prefix[16];
	char address[2][INET6_ADDRSTRLEN], gateway[NET_MAX_ROUTES][INET6_ADDRSTRLEN];
};

/* What the keeper holds. */
struct keeper {
	int lifeline; /* closed by the launcher, or with it */
	int answer;   /* "+" when pasta is ready, else what it said */
	int out, err, pidfd;
	char said[SAID_SIZE];
	size_t nsaid;
};

static void add(struct args *args, const char *option, const char *value)
{
	args->argv[args->n++] = (char *)option;
	if (value)
		args->argv[args->n++] = (char *)value;
}

/* pasta's own default is to forward all ports that anybody listens on, also those of the host's
 * loopback into the sandbox. */
static void add_ports(struct args *args, const struct spec_net *net, char option)
{
	static const char options[][3] = { "-t", "-u", "-T", "-U" };
	const char *word = options[0];
	bool any = false;

	for (unsigned i = 0; i < 4; i++) {
		if (options[i][1] == option)
			word = options[i];
	}
	for (unsigned i = 0; i < net->nports; i++) {
		if (net->port[i].option != option)
			continue;
		add(args, word, net->port[i].text);
		any = true;
	}
	if (!any)
		add(args, word, "none");
}

static void add_settings(struct args *args, const struct net_spec *set)
{
	for (unsigned i = 0; i < set->naddresses; i++) {
		const struct net_addr *address = &set->address[i];

		(void)inet_ntop(address->ip.family, address->ip.bytes, args->address[i],
				INET6_ADDRSTRLEN);
		add(args, "-a", args->address[i]);
		if (address->ip.family != AF_INET)
			continue;
		(void)snprintf(args->prefix, sizeof(args->prefix), "%u", address->prefix);
		add(args, "-n", args->prefix);
	}
	for (unsigned i = 0; i < set->nroutes; i++) {
		const struct net_ip *via = &set->route[i].via;

		add(args, "-g",
		    inet_ntop(via->family, via->bytes, args->gateway[i], INET6_ADDRSTRLEN));
	}
	if (set->mtu) {
		(void)snprintf(args->mtu, sizeof(args->mtu), "%u", set->mtu);
		add(args, "-m", args->mtu);
	}
}

static void make_args(struct args *args, const struct spec_net *net, pid_t pid)
{
	add(args, "pasta", NULL);
	add(args, "--foreground", "--quiet");
	/* Without the gateway's other meaning, which is the host's loopback. */
	add(args, "--config-net", "--no-map-gw");
	/* It writes its number there when it is ready. */
	add(args, "--pid", "/proc/self/fd/1");
	/* Else root's becomes nobody's, which may not enter the sandbox. */
	if (geteuid() == 0)
		add(args, "--runas", "0");
	add_ports(args, net, 't');
	add_ports(args, net, 'u');
	add_ports(args, net, 'T');
	add_ports(args, net, 'U');
	add_settings(args, &net->set);
	if (!net->set.ndns)
		add(args, "--dns-forward", NET_PASTA_DNS);
	(void)snprintf(args->pid, sizeof(args->pid), "%d", pid);
	add(args, args->pid, NULL);
}

static _Noreturn void execute(char *const argv[], int out, int err)
{
	/* One belt more; see the head. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(CRADLE_EXIT_FAILURE);
	(void)close(STDIN_FILENO);
	(void)open("/dev/null", O_RDWR);
	sys_sigmask(0, NULL);
	(void)execvp(argv[0], argv);
	(void)dprintf(STDERR_FILENO, "cannot execute it: %s%s\n", strerror(errno),
		      errno == ENOENT ? " (install the package passt)" : "");
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}

/* The last lines are the reason, but for those about a syslog that isn't there. */
static void hear(struct keeper *keeper)
{
	char text[SAID_SIZE / 2];
	ssize_t n = read(keeper->err, text, sizeof(text));

	if (n <= 0) {
		keeper->err = -1;
		return;
	}
	if (keeper->nsaid + (size_t)n > sizeof(keeper->said)) {
		keeper->nsaid /= 2;
		memmove(keeper->said, keeper->said + keeper->nsaid, keeper->nsaid);
	}
	memcpy(keeper->said + keeper->nsaid, text, (size_t)n);
	keeper->nsaid += (size_t)n;
}

static void answer(struct keeper *keeper, const char *text, size_t len)
{
	if (keeper->answer >= 0 && write(keeper->answer, text, len) >= 0)
		(void)close(keeper->answer);
	keeper->answer = -1;
}

static void end_pasta(struct keeper *keeper)
{
	(void)sys_pidfd_send_signal(keeper->pidfd, SIGKILL, NULL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

/* Until pasta or the launcher has gone. */
static _Noreturn void keep(struct keeper *keeper)
{
	char number[16];

	for (;;) {
		struct pollfd fds[] = { { .fd = keeper->lifeline, .events = POLLIN },
					{ .fd = keeper->out, .events = POLLIN },
					{ .fd = keeper->err, .events = POLLIN },
					{ .fd = keeper->pidfd, .events = POLLIN } };

		if (poll(fds, 4, -1) < 0)
			continue;
		if (fds[2].revents)
			hear(keeper);
		if (fds[1].revents) {
			if (read(keeper->out, number, sizeof(number)) > 0)
				answer(keeper, "+", 1);
			else
				keeper->out = -1;
		}
		/* What it said last is to be heard first. */
		if (fds[0].revents || (fds[3].revents && !fds[2].revents))
			break;
	}
	end_pasta(keeper);
	answer(keeper, keeper->said, keeper->nsaid);
	_exit(0);
}

/* In the launcher's child. */
static _Noreturn void become_keeper(struct keeper *keeper, char *const argv[])
{
	int keep_fd[2] = { keeper->lifeline, keeper->answer };
	int out[2], err[2];
	pid_t pid;

	if (keep_fd[0] > keep_fd[1]) {
		keep_fd[0] = keeper->answer;
		keep_fd[1] = keeper->lifeline;
	}
	/* The terminal's ^C is for the sandbox, which may still need its network. */
	(void)setsid();
	sys_close_above_2(keep_fd, 2);
	(void)!chdir("/");
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		_exit(CRADLE_EXIT_FAILURE);
	pid = sys_fork_pidfd(&keeper->pidfd);
	if (pid == 0)
		execute(argv, out[1], err[1]);
	(void)close(out[1]);
	(void)close(err[1]);
	keeper->out = out[0];
	keeper->err = err[0];
	if (pid > 0)
		keep(keeper);
	_exit(CRADLE_EXIT_FAILURE);
}

/* Cut into lines what pasta said, the last two that tell something into one. */
static void tell(char *said)
{
	const char *last[2] = { "", "" };
	char *rest = said;

	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!*line || !strncmp(line, "Failed to send", 14))
			continue;
		last[0] = last[1];
		last[1] = line;
	}
	log_error("cannot start pasta: %s%s%s%s", last[0], *last[0] ? "; " : "",
		  *last[1] ? last[1] : "it ended without a word",
		  strstr(last[1], "tun ") ? " (it needs /dev/net/tun, open to everybody: chmod 666)"
					  : "");
}

static int wait_ready(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char said[SAID_SIZE + 1];
	ssize_t n;

	if (poll(&ready, 1, READY_MS) == 0) {
		log_error("cannot start pasta: it isn't ready after %d s", READY_MS / 1000);
		return -ETIMEDOUT;
	}
	n = read(fd, said, SAID_SIZE);
	if (n == 1 && *said == '+')
		return 0;
	said[n > 0 ? n : 0] = '\0';
	tell(said);
	return -EIO;
}

int pasta_start(struct network *network, const struct spec_net *net, pid_t pid)
{
	struct keeper keeper = { .pidfd = -1 };
	struct args args = { .n = 0 };
	int lifeline[2], ready[2];
	int err;

	make_args(&args, net, pid);
	if (pipe2(lifeline, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	if (pipe2(ready, O_CLOEXEC) < 0) {
		err = -errno;
		(void)close(lifeline[0]);
		(void)close(lifeline[1]);
		return log_errno(err, "cannot make a pipe");
	}
	keeper.lifeline = lifeline[0];
	keeper.answer = ready[1];
	network->keeper = sys_fork_pidfd(&network->pidfd);
	if (network->keeper == 0)
		become_keeper(&keeper, args.argv);
	network->lifeline = lifeline[1];
	(void)close(lifeline[0]);
	(void)close(ready[1]);
	if (network->keeper < 0) {
		err = log_errno(network->keeper, "cannot fork for pasta");
		(void)close(lifeline[1]);
		network->keeper = 0;
	} else {
		err = wait_ready(ready[0]);
	}
	(void)close(ready[0]);
	return err;
}
