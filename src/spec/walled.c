/* What a sandbox without namespaces is made of, and what it can't have. Pure but for what it logs.
 */
#include "walled.h"

#include "keys.h"
#include "log.h"
#include "util.h"

#include <errno.h>
#include <string.h>

static int refuse(const char *option)
{
	log_error("--backend=landlock makes no namespaces: expected no --%s with it", option);
	return -EINVAL;
}

static bool needs_namespaces(const char *name)
{
	static const char list[] =
		"join,userns,userns2,pidns,disable-userns,assert-userns-disabled,monotonic,"
		"boottime,address,route,dns,mtu,uid,gid,map-uid,map-gid,map-auto,hostname,"
		"file-label,as-pid-1,on-reboot,userns-block-fd,info-fd,name,root,"
		"overlay-tmp-root,perms,size";

	return util_in_list(list, name) || util_after(name, "unshare-");
}

static int check_options(const struct spec_run *run)
{
	for (unsigned i = 0; i < run->given.n; i++) {
		const char *name = run->given.option[i].key->name;

		if (needs_namespaces(name))
			return refuse(name);
		if (!strcmp(name, "net") && run->net.mode != NET_HOST)
			return refuse("net but --net=host");
	}
	if (run->plan.root != ROOT_HOST || run->plan.root_overlay)
		return refuse(run->plan.root_overlay ? "overlay-tmp-root" : "root");
	if (run->confine.gain_privileges)
		return refuse("no-new-privs=0");
	return 0;
}

/* Where a bind would change nothing but what may be done there, a rule does the same. */
static int take_bind(struct spec_landlock *landlock, const struct plan *plan, const struct op *op)
{
	const bool same = op->kind == OP_BIND && !(op->flags & OP_GIVEN_FD) && !op->idmap &&
			  !strcmp(op->source, op->dest);
	const unsigned use = LANDLOCK_READ | LANDLOCK_EXECUTE |
			     (op->flags & OP_RO ? 0U : (unsigned)LANDLOCK_WRITE);
	char line[256];

	if (!same) {
		line[0] = '\0';
		return refuse(op_line(plan, op, line, sizeof(line)) ? line : "mounts");
	}
	if (landlock_add_path(landlock, op->source, use, op->flags & OP_TRY))
		return 0;
	log_error("--backend=landlock: expected at most %d paths", LANDLOCK_PATHS);
	return -EINVAL;
}

static bool names_readable(const struct spec_landlock *landlock)
{
	for (unsigned i = 0; i < landlock->npaths; i++) {
		if (!(landlock->path[i].use & LANDLOCK_WRITE))
			return true;
	}
	return false;
}

/* Devices that hold nothing. Of terminals the one that is the agent's own; as a path that is the
 * same for everybody, while those in /dev/pts may be others'. */
static bool add_defaults(struct spec_landlock *landlock, bool tcp)
{
	static const char *const devices[] = { "/dev/null",   "/dev/zero",    "/dev/full",
					       "/dev/random", "/dev/urandom", "/dev/tty" };
	bool room = true;

	/* Who names what may be read means that alone. */
	if (!names_readable(landlock))
		room = landlock_add_path(landlock, "/", LANDLOCK_READ | LANDLOCK_EXECUTE, false);
	for (size_t i = 0; i < ARRAY_SIZE(devices) && room; i++)
		room = landlock_add_path(landlock, devices[i], LANDLOCK_READ | LANDLOCK_WRITE,
					 true);
	for (unsigned net = 0; net < LANDLOCK_NETS; net++)
		landlock->net[net].given = landlock->net[net].given || tcp;
	landlock->scopes = LANDLOCK_ABSTRACT | LANDLOCK_SIGNAL;
	return room;
}

int walled_finish(struct spec *spec)
{
	struct spec_run *run = &spec->run;
	const bool tcp = run->ns.unshare >> NS_NET & 1;
	struct spec_landlock *landlock = spec_landlock(&run->confine);
	int err = run->bwrap ? refuse("bwrap's options") : check_options(run);

	/* Rules before those of binds: --landlock-ro and -exec say what may be read. */
	if (!err && !add_defaults(landlock, tcp)) {
		log_error("--backend=landlock: expected fewer paths");
		err = -EINVAL;
	}
	for (unsigned i = 0; i < run->plan.nops && !err; i++)
		err = take_bind(landlock, &run->plan, &run->plan.op[i]);
	run->plan.nops = 0;
	run->ns.unshare = 0;
	run->net.mode = NET_HOST;
	return err;
}

void walled_warn(const struct spec *spec)
{
	const bool tcp = spec->run.confine.landlock->net[LANDLOCK_CONNECT].given;

	log_warn("--backend=landlock: without namespaces, not covered are %ssockets that have a "
		 "path (D-Bus starts programs outside), UDP and what isn't TCP, ports that listen "
		 "chooses, names and attributes of files (stat, chmod, chown, utime), System V IPC "
		 "and message queues, who else runs here and with what priority and on which "
		 "CPUs, and what is left behind if its supervisor is killed",
		 tcp ? "" : "TCP, ");
}
