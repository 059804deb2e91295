/* Where `cradle run` and bwrap begin, and what follows from what was asked for. Pure but for what
 * it logs. */
#include "spec.h"

#include "capability.h"
#include "idranges.h"
#include "log.h"
#include "namespaces.h"
#include "walled.h"

#include <errno.h>

void sandbox_init(struct spec *spec, bool bwrap, unsigned uid, unsigned gid)
{
	/* Apart, as most sandboxes use none of it, and memory that isn't touched costs nothing. */
	static struct idmap uid_map[SANDBOX_MAPS], gid_map[SANDBOX_MAPS];
	static struct env_change change[SANDBOX_ENV];
	struct spec_run *run = &spec->run;

	run->ids.uid_map = uid_map;
	run->ids.gid_map = gid_map;
	run->env.change = change;
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

void spec_confine_nothing(struct spec_confine *confine)
{
	confine->caps = CAPABILITY_ALL;
	confine->keep_rights = confine->gain_privileges = confine->inherit_fds = true;
}

/* Apart, as most agents have none. */
struct spec_landlock *spec_landlock(struct spec_confine *confine)
{
	static struct spec_landlock landlock = { .ruleset = -1 };

	confine->landlock = &landlock;
	return &landlock;
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

static int check_maps(const char *option, const struct idmap *maps, unsigned n)
{
	static const char *const sides[] = {
		[IDRANGES_INSIDE] = "inside", [IDRANGES_OUTSIDE] = "outside"
	};
	unsigned a, b;

	for (enum idranges_side side = IDRANGES_INSIDE; side <= IDRANGES_OUTSIDE; side++) {
		if (!idranges_overlap(maps, n, side, &a, &b))
			continue;
		log_error("%s: %u:%u:%u and %u:%u:%u have an id in common %s: expected each once",
			  option, maps[a].inside, maps[a].outside, maps[a].count, maps[b].inside,
			  maps[b].outside, maps[b].count, sides[side]);
		return -EINVAL;
	}
	return 0;
}

static int check_ids(const struct spec_run *run, bool user, bool own_user)
{
	const struct spec_ids *ids = &run->ids;
	int err = run->confine.user && run->confine.user->user
			  ? check_needs(ids->uid_given || ids->gid_given, false, "--uid and --gid",
					"no --user")
			  : 0;

	if (!err)
		err = check_needs((ids->uid_given && ids->uid != run->uid) ||
					  (ids->gid_given && ids->gid != run->gid),
				  user, "--uid and --gid", "--unshare-user");

	if (!err)
		err = check_needs(ids->nuid_maps || ids->ngid_maps || ids->map_auto, own_user,
				  "--map-uid, --map-gid and --map-auto", "--unshare-user");
	if (!err && run->status.userns_block_fd >= 0 &&
	    (ids->nuid_maps || ids->ngid_maps || ids->map_auto)) {
		log_error("--userns-block-fd means that somebody else maps the ids: expected no "
			  "--map-uid, --map-gid or --map-auto with it");
		err = -EINVAL;
	}
	if (!err)
		err = check_maps("--map-uid", ids->uid_map, ids->nuid_maps);
	return err ? err : check_maps("--map-gid", ids->gid_map, ids->ngid_maps);
}

static unsigned joined_kinds(const struct spec_ns *ns)
{
	unsigned kinds = 0;

	for (unsigned i = 0; i < NS_KINDS; i++)
		kinds |= (unsigned)(ns->join[i] || ns->join_fd[i] >= 0) << i;
	return kinds;
}

/* Another's mounts are as they are. */
static int check_joined_mounts(const struct spec_run *run, bool own_user)
{
	const struct plan *plan = &run->plan;

	if (plan->nops || plan->root_overlay || plan->root == ROOT_DIR) {
		log_error("--join=mnt: expected no option that mounts or makes files with it, as "
			  "they would be seen by all who live there");
		return -EINVAL;
	}
	/* Nobody has rights over mounts of an ancestor's. */
	return check_needs(own_user, false, "--join=mnt",
			   "--join=user=..., or as root --share-user,");
}

/* Time namespaces are for children (time_namespaces(7)): of PID 1, in memory of their own. */
static int check_time(struct spec *spec)
{
	struct spec_ns *ns = &spec->run.ns;

	if (!(ns->unshare >> NS_TIME & 1))
		return check_needs(ns->offsets, false, "--monotonic and --boottime",
				   "a time namespace of its own");
	ns->late_time = !spec->run.as_pid_1;
	spec->core.flags &= ~(unsigned)CRADLE_SHARE_MEMORY;
	return check_needs(ns->offsets, !spec->run.as_pid_1, "--monotonic and --boottime",
			   "an init (no --as-pid-1, no --share-pid)");
}

static void finish_core(struct spec *spec)
{
	const struct spec_run *run = &spec->run;

	/* PID 1 leads a session without one (stage/pty.c). */
	if (run->tty == TTY_NEW_SESSION || (run->tty == TTY_PTY && !run->has_terminal))
		spec->core.flags |= CRADLE_NO_TERMINAL;
	/* The events tell what it used. */
	if (run->status.json_fd >= 0 && !run->bwrap)
		spec->core.flags |= CRADLE_COUNT_ORPHANS;
}

int sandbox_finish(struct spec *spec)
{
	unsigned uid = spec->run.uid;
	struct spec_run *run = &spec->run;
	struct spec_ns *ns = &run->ns;
	unsigned joined = joined_kinds(ns), has;
	bool joins = joined >> NS_USER & 1;
	bool user, own_user;
	int err;

	finish_core(spec);
	if (run->walled)
		return walled_finish(spec);
	ns->unshare |= 1U << NS_MNT;
	if (uid && !joins && !run->bwrap && !(ns->unshare >> NS_USER & 1)) {
		log_error("--share-user: expected only from root, nobody else can make the other "
			  "namespaces without one");
		return -EINVAL;
	}
	/* Without root nothing else can be unshared. */
	if (uid && !joins)
		ns->unshare |= 1U << NS_USER;
	/* bwrap means a PID namespace below the one that was given. */
	ns->unshare &= ~(run->bwrap ? joined & ~(1U << NS_PID) : joined);
	own_user = ns->unshare >> NS_USER & 1;
	user = own_user || joins;
	err = check_status(run);
	/* Without a PID namespace there is nobody to reap; but somebody has to hold things. */
	if (!(ns->unshare >> NS_PID & 1))
		run->as_pid_1 = !run->status.nlocks && !run->status.nsync;
	if (!err)
		err = check_ids(run, user, own_user);
	if (!err)
		err = check_needs(spec->enter.hostname, ns->unshare >> NS_UTS & 1, "--hostname",
				  "--unshare-uts");
	/* Root's id is the host's root whatever capabilities it has lost: in a namespace below it
	 * could mount the host's cgroups, and kill by them. Who keeps capabilities wants them. */
	if (!ns->disable_userns_given && !run->bwrap && !uid && own_user && !run->confine.caps)
		ns->disable_userns = true;
	if (!err)
		err = check_needs(ns->disable_userns, own_user, "--disable-userns",
				  "--unshare-user");
	if (!err)
		err = finish_net(run, user);
	if (!err)
		err = check_time(spec);
	if (err)
		return err;
	if (joined >> NS_MNT & 1)
		return check_joined_mounts(run, own_user);
	/* Only who has rights over a PID namespace may mount its /proc, and the same for /sys. */
	has = ns->unshare | (own_user ? 0 : joined);
	return plan_finish(&run->plan, (has >> NS_PID & 1) || (!uid && !user), has >> NS_NET & 1);
}
