/* Outside: what the launcher does for the network. It changes nothing of the host's but for a veth
 * pair's outer end, and only as root. */
#include "network.h"

#include "helper.h"
#include "join.h"
#include "log.h"
#include "pasta.h"
#include "rights.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int network_check(const struct spec_net *net)
{
	bool pair = net->mode == NET_VETH;

	if ((!pair && net->mode != NET_MACVLAN) || rights_have(CAP_NET_ADMIN))
		return 0;
	log_error("--net=%s: only root may change the host's network (CAP_NET_ADMIN): as another "
		  "user take --net=pasta",
		  pair ? "veth" : "macvlan");
	return -EPERM;
}

/* Root may join what belongs to any user namespace below its own; another user only from inside
 * that one, in which its owner has all capabilities (user_namespaces(7)). */
static int join(int ns)
{
	int owner, err;

	/* The one that we are in is joined already. */
	if (join_is_ours(ns, NS_NET) || setns(ns, CLONE_NEWNET) == 0)
		return 0;
	if (errno != EPERM)
		return -errno;
	owner = ioctl(ns, NS_GET_USERNS);
	if (owner < 0)
		return -EPERM;
	err = setns(owner, CLONE_NEWUSER) < 0 || setns(ns, CLONE_NEWNET) < 0 ? -errno : 0;
	(void)close(owner);
	/* It is ours already, and we may not: a user that owns none. */
	return err == -EINVAL ? -EPERM : err;
}

int network_join(const struct spec_net *net)
{
	int ns, err;

	if (net->mode != NET_NS)
		return 0;
	ns = join_open_file(net->path);
	if (ns < 0)
		return log_errno(ns, "cannot open the network namespace %s%s", net->path,
				 ns == -EACCES ? " (a process's is open to its user alone)" : "");
	if (!join_is_kind(ns, NS_NET)) {
		(void)close(ns);
		log_error("cannot join %s: it is no network namespace (expected a file such as "
			  "/run/netns/NAME or /proc/PID/ns/net)",
			  net->path);
		return -EINVAL;
	}
	err = join(ns);
	(void)close(ns);
	if (err)
		(void)log_errno(err, "cannot join the network namespace %s%s", net->path,
				err == -EPERM ? " (it belongs to a user namespace that isn't this "
						"user's: only root may, or who made it)"
					      : "");
	return err;
}

static bool has_op(const struct plan *plan, const char *dest)
{
	for (unsigned i = 0; i < plan->nops; i++) {
		if (!strcmp(plan->op[i].dest, dest))
			return true;
	}
	return false;
}

static bool is_host_tree(const struct plan *plan)
{
	const struct op *first = plan->op;

	return plan->has_root_op ? first->kind == OP_BIND && !(first->flags & OP_GIVEN_FD) &&
					   !strcmp(first->source, "/")
				 : plan->root == ROOT_HOST;
}

/* Where systemd-resolved or resolvconf make it a link, into a /run that is empty inside, the file
 * is made there, as none is in the host's /etc. NULL: there is none. */
static const char *find_resolv_conf(char path[PATH_MAX])
{
	static const char file[] = "/etc/resolv.conf";
	char link[PATH_MAX - 8];
	ssize_t n;

	if (realpath(file, path))
		return path;
	n = readlink(file, link, sizeof(link) - 1);
	if (n < 0)
		return NULL;
	link[n] = '\0';
	(void)snprintf(path, PATH_MAX, "%s%s", *link == '/' ? "" : "/etc/", link);
	return path;
}

static int fill(struct op *op, const char *text, size_t len)
{
	op->flags = OP_RO;
	op->perms = 0644;
	op->fd = memfd_create("resolv.conf", MFD_CLOEXEC);
	if (op->fd < 0 || write(op->fd, text, len) < 0 || lseek(op->fd, 0, SEEK_SET) < 0)
		return -errno;
	return 0;
}

int network_plan(struct spec_net *net, struct plan *plan)
{
	static char path[PATH_MAX];
	const char *dest = "/etc/resolv.conf";
	char text[NET_RESOLV_SIZE];
	size_t len = netmode_resolv_conf(net, text);
	bool asked = net->set.ndns;
	struct op *op;
	int err;

	/* One that was given is as good as pasta's own, and who has none doesn't ask for names. */
	if (!len || (!asked && has_op(plan, dest)))
		return 0;
	if (is_host_tree(plan)) {
		const char *real = find_resolv_conf(path);

		if (!real && !asked)
			return 0;
		dest = real ? real : dest;
	}
	op = plan_add(plan, OP_BIND_DATA, NULL, dest);
	err = op ? fill(op, text, len) : -ENOMEM;
	if (err)
		return log_errno(err, "cannot write the sandbox's %s", dest);
	net->resolv_conf = op->fd;
	return 0;
}

void network_rewind(const struct spec_net *net)
{
	if (net->resolv_conf)
		(void)lseek(net->resolv_conf, 0, SEEK_SET);
}

/* The words as they were given: cradle-net reads them by the same code. */
static int run_helper(const struct spec_net *net, pid_t pid)
{
	char option[NET_MAX_WORDS / 2][16], number[16];
	char *argv[NET_MAX_WORDS + 4] = { (char *)"cradle-net", (char *)"--netns-pid", number };
	unsigned n = 3;

	(void)snprintf(number, sizeof(number), "%d", pid);
	for (unsigned i = 0; i < net->nwords; i += 2) {
		/* It goes into a file of the sandbox's. */
		if (!strcmp(net->word[i], "dns"))
			continue;
		(void)snprintf(option[i / 2], sizeof(option[0]), "--%s", net->word[i]);
		argv[n++] = option[i / 2];
		argv[n++] = (char *)net->word[i + 1];
	}
	return helper_run("net", argv);
}

int network_outside(struct network *network, const struct spec_net *net, pid_t pid)
{
	if (net->mode == NET_PASTA)
		return pasta_start(network, net, pid);
	return netmode_wants_helper(net) ? run_helper(net, pid) : 0;
}

void network_finish(struct network *network)
{
	if (!network->keeper)
		return;
	(void)close(network->lifeline);
	while (waitpid(network->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	if (network->pidfd >= 0)
		(void)close(network->pidfd);
	*network = (struct network){ .pidfd = -1, .lifeline = -1 };
}
