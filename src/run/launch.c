/* Outside the namespaces. May resolve host paths, clone and relay; makes no mount and holds no
 * namespace open. */
#include "launch.h"

#include "idmap.h"
#include "log.h"
#include "namespaces.h"
#include "network.h"
#include "relay.h"
#include "report.h"
#include "sources.h"
#include "status.h"
#include "sys.h"
#include "util.h"
#include "why.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 30000 };

struct clone_args3 { /* struct clone_args of <linux/sched.h>, first version (5.3) */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

/* parent: a pidfd of the launcher, opened before the clone. */
static void die_with(int parent)
{
	struct pollfd gone = { .fd = parent, .events = POLLIN };

	/* The parent may have died before prctl(2) took effect, and getppid() is 0 across PID
	 * namespaces whether it lives or not: the pidfd tells. KILL, as a namespace's init is
	 * killed by nothing else. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent >= 0 && poll(&gone, 1, 0) > 0)
		_exit(CRADLE_EXIT_FAILURE);
}

static uint64_t flags_of(const struct spec_ns *ns)
{
	uint64_t flags = 0;

	for (unsigned i = 0; i < NS_KINDS; i++)
		flags |= ns->unshare >> i & 1 ? ns_flag(i) : 0;
	return flags;
}

static pid_t clone_namespaces(uint64_t flags)
{
	struct clone_args3 args = { .flags = flags, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

/* What may be missing goes if it is in the way. */
static pid_t clone_what_can_be(struct spec_ns *ns)
{
	pid_t pid = clone_namespaces(flags_of(ns));

	if (pid >= 0 || !ns->try_ || !(ns->try_ & ns->unshare))
		return pid;
	ns->unshare &= ~ns->try_;
	return clone_namespaces(flags_of(ns));
}

/* What isn't needed to stand by: the agent's files and directory are its own business. */
static void let_go(struct spec *spec, struct relay *r, const struct network *network)
{
	int keep[CRADLE_KEEP_MAX + 4];
	unsigned n = 0;

	if (spec->run.again_on_reboot)
		return;
	for (unsigned i = 0; i < spec->core.nkeep_fd; i++)
		keep[n++] = spec->core.keep_fd[i];
	keep[n++] = r->status;
	if (r->parent >= 0)
		keep[n++] = r->parent;
	if (network->keeper) {
		keep[n++] = network->pidfd;
		keep[n++] = network->lifeline;
	}
	util_sort(keep, n);
	sys_close_above_2(keep, n);
	(void)!chdir("/");
}

static _Noreturn void be_inside(struct spec *spec, launch_inside inside, const struct inside *in,
				int self)
{
	die_with(self);
	spec_keep(spec, in->status);
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
static int prepare_outside(struct spec *spec, const struct inside *in, pid_t pid, int socket,
			   struct network *network)
{
	static const struct status_message go = { .type = STATUS_GO };
	int err = 0;

	if (spec->run.ns.unshare >> NS_USER & 1)
		err = idmap_single(pid, &spec->run.ids, in->uid, in->gid);
	if (!err)
		err = network_outside(network, &spec->run.net, pid);
	/* If it has gone the relay will tell. */
	if (!err)
		(void)status_send(socket, &go, -1);
	return err;
}

/* One life of the namespaces. Fills in r->end; returns -errno if they couldn't be made. */
static int launch_once(struct spec *spec, launch_inside inside, struct relay *r)
{
	struct inside in = { .uid = spec->run.uid,
			     .gid = spec->run.gid,
			     .wait = netmode_has_outside(&spec->run.net) };
	struct network network = { .pidfd = -1, .lifeline = -1 };
	int pair[2], self;
	pid_t pid;
	int err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return log_errno(-errno, "cannot make a socket");
	self = sys_pidfd_open(getpid());
	in.status = pair[1];
	plan_terminal(spec, r);
	pid = clone_what_can_be(&spec->run.ns);
	if (pid == 0)
		be_inside(spec, inside, &in, self);
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
	err = in.wait ? prepare_outside(spec, &in, pid, pair[0], &network) : 0;
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
	r->status = pair[0];
	r->gone = false;
	r->end = (struct relay_end){ 0 };
	let_go(spec, r, &network);
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

int launch(struct spec *spec, launch_inside inside)
{
	struct relay r = { .parent = -1, .signals = -1 };
	const struct relay_end *end = &r.end;
	unsigned pause_ms = 0;
	int err = network_check(&spec->run.net);

	if (!err)
		err = network_plan(&spec->run.net, &spec->run.plan);
	if (!err)
		err = sources_open(&spec->run);
	if (!err)
		err = join_network(&spec->run);
	if (err)
		return spec_failure(spec);
	do {
		err = launch_once(spec, inside, &r);
		if (!err && end->reboot)
			log_info("the agent asked for %s by reboot(2)",
				 end->reboot == CRADLE_REQUEST_REBOOT ? "a restart" : "power-off");
	} while (!err && spec->run.again_on_reboot && end->reboot == CRADLE_REQUEST_REBOOT &&
		 !end->asked && pause_before_next(&pause_ms, end->wall_ms));
	if (err || end->lost)
		return spec_failure(spec);
	if (!end->told && (end->reboot || end->killed))
		report_for(spec, end);
	return end->code;
}
