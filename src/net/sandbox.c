/* From the host into a sandbox's network namespace, never back. */
#include "sandbox.h"

#include "interface.h"
#include "link.h"
#include "say.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* setns(2) with a pidfd joins both at once (Linux 5.8): who owns the user namespace has all
 * capabilities in it, and so over its network. */
static int join(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int err = pidfd < 0 || setns(pidfd, CLONE_NEWUSER | CLONE_NEWNET) < 0 ? -errno : 0;

	/* It is refused to enter the user namespace that one is in. */
	if (err == -EINVAL)
		err = setns(pidfd, CLONE_NEWNET) < 0 ? -errno : 0;
	if (pidfd >= 0)
		(void)close(pidfd);
	if (err)
		(void)say_errno(err, "",
				err == -EPERM ? "it isn't of this user, or not dumpable" : NULL,
				"cannot join the network namespace of process %d", pid);
	return err;
}

static int with_request(int (*act)(struct request *, const struct spec_net *, pid_t),
			const struct spec_net *net, pid_t pid)
{
	struct request request;
	int err = request_open(&request);

	if (err < 0)
		return say_errno(err, "", NULL, "cannot open an rtnetlink socket");
	err = act(&request, net, pid);
	request_close(&request);
	return err;
}

static int set_inside(struct request *request, const struct spec_net *net, pid_t pid)
{
	struct net_spec set = net->set;

	(void)pid;
	(void)snprintf(set.ifname, sizeof(set.ifname), "%s", net->inside[0] ? net->inside : "lo");
	return interface_set(request, &set);
}

int sandbox_set(const struct spec_net *net, pid_t pid)
{
	int err = with_request(link_make, net, pid);

	if (!err)
		err = join(pid);
	/* A socket stays with the network namespace it was made in. */
	return err ? err : with_request(set_inside, net, pid);
}
