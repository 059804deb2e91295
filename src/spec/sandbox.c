/* Where `cradle run` and bwrap begin, and what follows from what was asked for. Pure but for what
 * it logs. */
#include "spec.h"

#include "log.h"
#include "namespaces.h"

#include <errno.h>

void sandbox_init(struct spec *spec, bool bwrap, unsigned uid, unsigned gid)
{
	struct spec_run *run = &spec->run;

	run->bwrap = bwrap;
	run->uid = uid;
	run->gid = gid;
	run->plan.no_defaults = bwrap;
	run->plan.root = bwrap ? ROOT_EMPTY : ROOT_HOST;
	run->ns.unshare = bwrap ? 0 : NS_ALL;
	run->ns.userns2 = -1;
	for (unsigned i = 0; i < NS_KINDS; i++)
		run->ns.join_fd[i] = -1;
	run->status.info_fd = run->status.json_fd = run->status.exec_fd = -1;
	run->status.block_fd = run->status.userns_block_fd = -1;
	run->confine.enabled = true;
	/* bwrap started by root takes nothing away; it also hands all descriptors on, leaves the
	 * terminal alone, and what the agent leaves behind goes on. */
	run->confine.keep_rights = bwrap && !uid;
	run->die_with_parent = !bwrap;
	if (bwrap) {
		spec->core.leftovers = CRADLE_LEFTOVERS_WAIT;
		spec->leftovers_given = true;
	}
	run->confine.inherit_fds = bwrap;
	run->confine.keep_keyring = bwrap;
	run->tty = bwrap ? TTY_INHERIT : TTY_PTY;
	spec->core.flags |= CRADLE_SETTLE_LATE;
}

bool spec_confine_keep(struct spec_confine *confine, int fd)
{
	unsigned at = confine->nkeep_fd;

	if (at == SANDBOX_KEEP)
		return false;
	for (; at && confine->keep_fd[at - 1] > fd; at--)
		confine->keep_fd[at] = confine->keep_fd[at - 1];
	confine->keep_fd[at] = fd;
	confine->nkeep_fd++;
	return true;
}

static int check_needs(bool needs, bool has, const char *what, const char *fix)
{
	if (!needs || has)
		return 0;
	log_error("%s: expected %s with it", what, fix);
	return -EINVAL;
}

static int check_status(const struct spec_run *run)
{
	const struct spec_status *status = &run->status;
	const struct spec_ns *ns = &run->ns;
	int err = check_needs(run->as_pid_1, ns->unshare >> NS_PID & 1, "--as-pid-1",
			      "--unshare-pid");

	if (!err && run->as_pid_1 && status->nlocks) {
		log_error("--as-pid-1 and --lock-file: expected one of them, as the agent itself "
			  "can't hold the lock");
		err = -EINVAL;
	}
	if (!err)
		err = check_needs(status->userns_block_fd >= 0, ns->unshare >> NS_USER & 1,
				  "--userns-block-fd", "--unshare-user");
	if (!err)
		err = check_needs(status->userns_block_fd >= 0, status->info_fd >= 0,
				  "--userns-block-fd", "--info-fd");
	return err;
}

/* Without a user namespace, root may mount a /proc of the PIDs of the host, too. */
static bool own_proc(const struct spec_ns *ns, bool root)
{
	return root || (ns->unshare >> NS_PID & 1) || ns->join[NS_PID] || ns->join_fd[NS_PID] >= 0;
}

/* --net says which, --share-net and --unshare-net whether: the last one counts. */
static int finish_net(struct spec_run *run, bool user)
{
	struct spec_net *net = &run->net;
	bool own = run->ns.unshare >> NS_NET & 1;
	const char *conflict;

	if (own && !netmode_unshares(net))
		net->mode = NET_LOOPBACK;
	if (!own && net->mode == NET_LOOPBACK)
		net->mode = NET_HOST;
	conflict = netmode_conflict(net);
	if (!own && netmode_unshares(net))
		conflict = "--net needs a network namespace of its own: expected no --share-net "
			   "and no --join=net";
	/* As root pasta gives up what lets it look at processes that aren't below it. */
	if (net->mode == NET_PASTA && !user)
		conflict = "--net=pasta needs a user namespace: expected --unshare-user, or no "
			   "--share-user";
	if (!conflict)
		return 0;
	log_error("%s", conflict);
	return -EINVAL;
}

int sandbox_finish(struct spec *spec)
{
	unsigned uid = spec->run.uid;
	struct spec_run *run = &spec->run;
	struct spec_ns *ns = &run->ns;
	bool joins = ns->join[NS_USER] || ns->join_fd[NS_USER] >= 0;
	bool user, own_user;
	int err;

	ns->unshare |= 1U << NS_MNT;
	/* Without root nothing else can be unshared. */
	if (uid && !joins)
		ns->unshare |= 1U << NS_USER;
	for (unsigned i = 0; i < NS_KINDS; i++) {
		if (ns->join[i] || ns->join_fd[i] >= 0)
			ns->unshare &= ~(1U << i);
	}
	/* A PID namespace below the one that was given. */
	own_user = ns->unshare >> NS_USER & 1;
	user = own_user || joins;
	/* PID 1 leads a session without one (stage/pty.c). */
	if (run->tty == TTY_NEW_SESSION || (run->tty == TTY_PTY && !run->has_terminal))
		spec->core.flags |= CRADLE_NO_TERMINAL;
	/* The events tell what it used. */
	if (run->status.json_fd >= 0 && !run->bwrap)
		spec->core.flags |= CRADLE_COUNT_ORPHANS;
	err = check_status(run);
	/* Without a PID namespace there is nobody to reap; but somebody has to hold things. */
	if (!(ns->unshare >> NS_PID & 1))
		run->as_pid_1 = !run->status.nlocks && !run->status.nsync;
	if (!err)
		err = check_needs((run->ids.uid_given && run->ids.uid != uid) ||
					  (run->ids.gid_given && run->ids.gid != run->gid),
				  user, "--uid and --gid", "--unshare-user");
	if (!err)
		err = check_needs(spec->enter.hostname, ns->unshare >> NS_UTS & 1, "--hostname",
				  "--unshare-uts");
	if (!err)
		err = check_needs(ns->disable_userns, own_user, "--disable-userns",
				  "--unshare-user");
	if (!err)
		err = finish_net(run, user);
	if (!err)
		err = plan_finish(&run->plan, own_proc(ns, !uid && !user),
				  ns->unshare >> NS_NET & 1);
	return err;
}
