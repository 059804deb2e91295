/* Outside the namespaces. May resolve host paths, clone and relay; makes no mount and holds no
 * namespace open. */
#include "launch.h"

#include "below.h"
#include "explain.h"
#include "join.h"
#include "lifeline.h"
#include "limited.h"
#include "log.h"
#include "mapped.h"
#include "mapper.h"
#include "name.h"
#include "namespaces.h"
#include "network.h"
#include "parent.h"
#include "refused.h"
#include "relay.h"
#include "report.h"
#include "sources.h"
#include "sys.h"
#include "traits.h"
#include "user.h"
#include "util.h"
#include "why.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 30000, EXIT_TIME_UP = 124 /* as timeout(1) */ };

struct clone_args3 { /* struct clone_args of <linux/sched.h>, as of Linux 5.7 */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};

static uint64_t flags_of(const struct spec_ns *ns)
{
	uint64_t flags = 0;

	for (unsigned i = 0; i < NS_KINDS; i++)
		flags |= ns->unshare >> i & 1 ? ns_flag(i) : 0;
	return ns->late_time ? flags & ~ns_flag(NS_TIME) : flags;
}

/* In somebody between, for the PID namespace: what it clones is our child all the same. */
static pid_t clone_for_parent(void *arg, int *pidfd)
{
	struct clone_args3 *args = arg;
	long pid;

	args->flags |= CLONE_PARENT | CLONE_PIDFD;
	args->exit_signal = 0;
	args->pidfd = (uint64_t)(uintptr_t)pidfd;
	pid = syscall(SYS_clone3, args, sizeof(*args));
	return pid < 0 ? -errno : (pid_t)pid;
}

/* A cgroup namespace would be rooted in our own group: see limited_inside(). */
static pid_t clone_namespaces(const struct spec_ns *ns, const struct cgroup *cg)
{
	struct clone_args3 args = { .flags = flags_of(ns), .exit_signal = SIGCHLD };
	long pid;

	if (cgroup_used(cg))
		args.flags &= ~ns_flag(NS_CGROUP);
	if (cgroup_into(cg) >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_into(cg);
	}
	if (ns->join_fd[NS_PID] >= 0 && (ns->unshare >> NS_PID & 1))
		return below_clone(clone_for_parent, &args);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	/* Docker's filter can't look into the structure, and so refuses all of it. Time namespaces
	 * have no bit in the older call (its lowest byte is the signal). */
	if (pid < 0 && errno == ENOSYS && cgroup_into(cg) < 0 && !(args.flags & 0xff))
		return sys_clone(args.flags | SIGCHLD, NULL);
	return pid < 0 ? -errno : (pid_t)pid;
}

/* What may be missing goes if it is in the way. */
static pid_t clone_what_can_be(struct spec_ns *ns, const struct cgroup *cg)
{
	pid_t pid = clone_namespaces(ns, cg);

	if (pid >= 0 || !ns->try_ || !(ns->try_ & ns->unshare))
		return pid;
	ns->unshare &= ~ns->try_;
	return clone_namespaces(ns, cg);
}

/* What isn't needed to stand by: the agent's files and directory are its own business. */
static void let_go(struct spec *spec, struct relay *r, const struct network *network,
		   const struct cgroup *cg)
{
	int keep[CRADLE_KEEP_MAX + 9 + CGROUP_FDS];
	unsigned n = cgroup_fds(cg, keep);

	if (spec->run.again_on_reboot)
		return;
	for (unsigned i = 0; i < spec->core.nkeep_fd; i++)
		keep[n++] = spec->core.keep_fd[i];
	keep[n++] = r->status;
	if (r->name >= 0)
		keep[n++] = r->name;
	if (r->parent >= 0)
		keep[n++] = r->parent;
	if (network->keeper) {
		keep[n++] = network->pidfd;
		keep[n++] = network->lifeline;
	}
	if (r->block >= 0)
		keep[n++] = r->block;
	n += events_fds(&r->events, keep + n);
	util_sort(keep, n);
	sys_close_above_2(keep, n);
	(void)!chdir("/");
}

static _Noreturn void be_inside(struct spec *spec, launch_inside inside, const struct inside *in,
				struct cgroup *cg, int self)
{
	/* Without being asked to, bwrap's sandboxes outlive it. Without namespaces PID 1 has others
	 * to kill first (stage/walled.c). */
	if ((!spec->run.bwrap || spec->run.die_with_parent) && !spec->run.walled)
		lifeline_tie(self);
	if (limited_inside(cg, &spec->run))
		_exit(spec_failure(spec));
	spec_keep(spec, in->status);
	if (spec->seccomp.listener)
		spec_confine_keep(&spec->run.confine, spec->seccomp.listener);
	inside(spec, in);
	_exit(spec_failure(spec));
}

static void plan_terminal(struct spec *spec, struct relay *r)
{
	bool own = spec->run.tty == TTY_PTY && spec->run.has_terminal;

	r->apart = spec->run.tty != TTY_INHERIT;
	r->shared = own && terminal_shared();
	spec->core.flags &= ~(unsigned)CRADLE_BACKGROUND;
	if (r->shared)
		spec->core.flags |= CRADLE_BACKGROUND;
}

/* What only somebody outside can do, while PID 1 waits. */
static int prepare_outside(struct spec *spec, pid_t pid, struct relay *r, struct network *network)
{
	int err = events_start(&r->events, pid);

	r->block = spec->run.status.userns_block_fd;
	if (!err && r->block < 0 && (spec->run.ns.unshare >> NS_USER & 1))
		err = mapper_write(&spec->run, pid);
	if (!err)
		err = network_outside(network, &spec->run.net, pid);
	/* If it has gone the relay will tell. */
	if (!err && r->block < 0)
		(void)relay_go(r);
	return err;
}

/* For those who want to know its namespaces, too: later it isn't dumpable. */
static bool waits(const struct spec_run *run)
{
	return netmode_has_outside(&run->net) || run->status.info_fd >= 0 ||
	       run->status.json_fd >= 0;
}

/* One life of the namespaces. Fills in r->end; returns -errno if they couldn't be made. */
static int launch_once(struct spec *spec, launch_inside inside, struct cgroup *cg, struct relay *r)
{
	struct inside in = { .uid = spec->run.uid,
			     .gid = spec->run.gid,
			     .wait = waits(&spec->run) };
	struct network network = { .pidfd = -1, .lifeline = -1 };
	const struct spec_traits *traits = &spec->run.confine.traits;
	int pair[2], self, score;
	pid_t pid;
	int err = mapped_open(&spec->run) ?: traits_outside(traits, &score);

	if (err)
		return err;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return log_errno(-errno, "cannot make a socket");
	self = sys_pidfd_open(spec->run.pid);
	in.status = pair[1];
	plan_terminal(spec, r);
	pid = clone_what_can_be(&spec->run.ns, cg);
	/* On both sides, once it is known which namespaces there are. */
	in.wait = in.wait || mapper_is_needed(&spec->run);
	if (pid == 0)
		be_inside(spec, inside, &in, cg, self);
	traits_back(traits, score);
	explain_release(spec);
	if (pid < 0 || spec->run.again_on_reboot) {
		(void)close(pair[1]);
		if (self >= 0)
			(void)close(self);
	}
	if (pid < 0) {
		(void)close(pair[0]);
		return log_errno(pid, "cannot make namespaces%s",
				 why_clone(pid, flags_of(&spec->run.ns)));
	}
	r->status = pair[0];
	r->block = -1;
	err = in.wait ? prepare_outside(spec, pid, r, &network) : 0;
	if (err) {
		(void)sys_kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		(void)close(pair[0]);
		network_finish(&network);
		return err;
	}
	r->pid = pid;
	r->network = network.pidfd;
	r->is_init = spec->run.ns.unshare >> NS_PID & 1;
	r->walled = spec->run.walled;
	r->gone = false;
	r->end = (struct relay_end){ 0 };
	let_go(spec, r, &network, cg);
	err = relay(r);
	network_finish(&network);
	return err;
}

/* What PID 1 couldn't report itself, as it was killed: by reboot(2), or by somebody's KILL. */
static void report_for(struct spec *spec, const struct relay_end *end)
{
	struct cradle_result result = { .code = end->code,
					.exit_code = -1,
					.signal = end->killed ? end->code - CRADLE_EXIT_SIGNAL : 0,
					.request = end->reboot,
					.request_signal = end->reboot ? REPORT_BY_REBOOT : 0,
					.wall_ms = end->wall_ms };

	report_write(spec, &result, ENDING_EXIT);
}

/* Between two lives that were short; returns false if somebody wants it to be the last. */
static bool pause_before_next(unsigned *pause_ms, uint64_t lived_ms)
{
	struct timespec left;
	siginfo_t info;

	*pause_ms = lived_ms > PAUSE_MAX_MS || !*pause_ms ? PAUSE_MIN_MS : *pause_ms * 2;
	if (*pause_ms > PAUSE_MAX_MS)
		*pause_ms = PAUSE_MAX_MS;
	left = (struct timespec){ *pause_ms / 1000, (long)(*pause_ms % 1000) * 1000000 };
	switch (sys_wait_signal(&info, &left)) {
	case SIGTERM:
	case SIGINT:
	case SIGHUP:
	case SIGQUIT:
		return false;
	default:
		return true;
	}
}

/* The agent keeps its ids, even if they have other numbers in the user namespace that is joined. */
static int join_network(struct spec_run *run)
{
	struct spec_ids *ids = &run->ids;
	int err;

	if (run->net.mode != NET_NS)
		return 0;
	if (!ids->uid_given)
		ids->uid = run->uid;
	if (!ids->gid_given)
		ids->gid = run->gid;
	ids->uid_given = ids->gid_given = true;
	err = network_join(&run->net);
	run->uid = geteuid();
	run->gid = getegid();
	return err;
}

/* Its time counts over all lives. With a stop plan PID 1 ends all by itself, step by step. */
static void set_time(const struct spec *spec, struct relay *r)
{
	const unsigned grace = spec->core.grace_ms ? spec->core.grace_ms : CRADLE_GRACE_MS;
	const unsigned deadline =
		spec->core.deadline_ms ? spec->core.deadline_ms : CRADLE_DEADLINE_MS;

	if (!spec->run.limits.time_ms)
		return;
	r->until = sys_now_ms() + spec->run.limits.time_ms;
	r->patience_ms = spec->grace_given ? 2 * grace + deadline : grace;
}

/* What is done once, however many lives follow. */
static int prepare(struct spec_run *run, struct cgroup *cg, unsigned *missing)
{
	int err = network_check(&run->net);

	if (!err)
		err = network_plan(&run->net, &run->plan);
	if (!err)
		err = sources_open(run);
	if (!err)
		err = join_open(&run->ns);
	if (!err)
		err = limited_begin(cg, run, missing);
	if (err)
		return err;
	/* From within another user namespace nobody can delegate anything to us. */
	err = join_network(run);
	if (!err)
		err = join_enter(run);
	if (!err && run->confine.user)
		err = user_outside(run);
	if (!err)
		err = mapper_plan(run);
	if (err)
		cgroup_remove(cg);
	return err;
}

int launch(struct spec *spec, launch_inside inside)
{
	static struct relay r;
	const struct relay_end *end = &r.end;
	struct cgroup_usage usage = { 0 };
	struct cgroup cg;
	unsigned pause_ms = 0, missing;
	bool named = false;
	int err;

	relay_init(&r);
	r.timed = spec->end.nreports || spec->run.again_on_reboot;
	if (spec->run.die_with_parent)
		r.parent = parent_open();
	err = events_open(&r.events, spec);
	/* In the network namespace of who will ask for it. */
	if (!err && spec->run.name)
		err = r.name = name_claim(spec->run.name);
	if (err >= 0)
		err = prepare(&spec->run, &cg, &missing);
	if (err)
		return spec_failure(spec);
	set_time(spec, &r);
	do {
		network_rewind(&spec->run.net);
		r.other = explain_start(spec, false);
		r.other_status = 0;
		err = r.other < 0 ? r.other : launch_once(spec, inside, &cg, &r);
		/* What bwrap leaves behind goes on, and is still told of: then nobody knows yet. */
		named = explain_finish(spec, spec->run.bwrap ? 0 : r.other, r.other_status) ||
			(spec->run.bwrap && r.other > 0);
		if (!err && end->reboot)
			log_info("the agent asked for %s by reboot(2)",
				 end->reboot == CRADLE_REQUEST_REBOOT ? "a restart" : "power-off");
	} while (!err && spec->run.again_on_reboot && end->reboot == CRADLE_REQUEST_REBOOT &&
		 !end->asked && !end->time_up && pause_before_next(&pause_ms, end->wall_ms));
	if (cgroup_used(&cg)) {
		if (!err)
			relay_wait(&r);
		limited_end(&cg, &usage);
	}
	if (err || end->lost)
		return spec_failure(spec);
	if (!named && (end->told ? end->result.signal == SIGSYS
				 : end->killed && end->code == CRADLE_EXIT_SIGNAL + SIGSYS))
		refused_tell(spec, spec->seccomp.listener);
	if (!end->told && (end->reboot || end->killed))
		report_for(spec, end);
	r.end.code = end->time_up ? EXIT_TIME_UP : end->code;
	events_exit(&r.events, end->code, end->told ? &end->result : NULL, &usage,
		    missing | end->not_enforced);
	return end->code;
}
