/* PID 1 of the namespaces that cradle run made. May change what is inside them; everything it
 * mounts is invisible to the host. */
#include "enter.h"

#include "log.h"
#include "namespaces.h"
#include "pty.h"
#include "root.h"
#include "status.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has(const struct spec_run *run, enum ns_kind kind)
{
	return run->ns.unshare >> kind & 1;
}

/* Not closed: PID 1 does that for all descriptors in one call once the agent runs. */
static int write_once(const char *path, const char *text, size_t len)
{
	int fd = sys_open(path, O_WRONLY);

	return fd < 0 ? fd : write(fd, text, len) < 0 ? -errno : 0;
}

static int write_map(const char *path, unsigned inside, unsigned outside)
{
	char map[32];
	int n = snprintf(map, sizeof(map), "%u %u 1", inside, outside);

	return write_once(path, map, (size_t)n);
}

/* One id each, which needs nobody's help. */
static int map_ids(const struct spec_ids *ids, const struct inside *in)
{
	/* user_namespaces(7): without CAP_SETGID outside, groups can be mapped only after
	 * setgroups(2) is given up. */
	int err = write_once("/proc/self/setgroups", "deny", 4);

	if (!err)
		err = write_map("/proc/self/uid_map", ids->uid_given ? ids->uid : in->uid, in->uid);
	if (err)
		return log_errno(err, "cannot map uid %u into the namespace%s", in->uid,
				 err == -EPERM ? " (AppArmor may restrict unprivileged user "
						 "namespaces: see the sysctl kernel."
						 "apparmor_restrict_unprivileged_userns)"
					       : "");
	err = write_map("/proc/self/gid_map", ids->gid_given ? ids->gid : in->gid, in->gid);
	return err ? log_errno(err, "cannot map gid %u into the namespace", in->gid) : 0;
}

/* The launcher does what only somebody outside can. */
static int wait_for_go(const struct inside *in)
{
	struct status_message message;
	int fd, err = status_receive(in->status, &message, &fd);

	/* It said why, or is dead. */
	return err ? err : message.type == STATUS_GO ? 0 : -EPROTO;
}

/* Keys of the caller's session are his (keyrings(7)); EPERM and ENOSYS mean that nobody in here can
 * look at keys either. */
static int leave_keyring(void)
{
	if (syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL) >= 0 ||
	    errno == ENOSYS || errno == EPERM)
		return 0;
	return log_errno(-errno, "cannot leave the session keyring");
}

static int set_hostname(const struct spec *spec)
{
	const char *name = spec->enter.hostname;
	size_t len = 0;

	while (name && name[len])
		len++;
	if (!name || sethostname(name, len) == 0)
		return 0;
	return log_errno(-errno, "cannot set the host name %s", name);
}

/* Without a user namespace the copy of the host's mounts still tells the host of its own. */
static int stop_propagation(const struct spec_run *run)
{
	if (has(run, NS_USER) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0)
		return 0;
	return log_errno(-errno, "cannot make the host's mounts private");
}

/* user_namespaces(7): the limit holds for the namespace in which it is written, and only who has
 * CAP_SYS_RESOURCE there can raise it, which the agent can't. */
static int disable_userns(const struct spec_run *run)
{
	int err = 0;

	if (run->ns.disable_userns)
		err = sys_write_file("/proc/sys/user/max_user_namespaces", "0");
	return err ? log_errno(err, "cannot disable user namespaces inside") : 0;
}

static int change_dir(const struct spec_run *run, const char *cwd)
{
	const char *dir = run->chdir ? run->chdir : cwd;

	if (chdir(dir) == 0)
		return 0;
	if (run->chdir)
		return log_errno(-errno, "cannot change to %s inside", dir);
	if (!run->bwrap)
		log_warn("%s isn't there inside: starting in /", dir);
	return chdir("/") < 0 ? log_errno(-errno, "cannot change to / inside") : 0;
}

static int enter_root(struct spec *spec, const struct inside *in)
{
	struct assembly a = { .plan = &spec->run.plan,
			      .scratch = -1,
			      .outside_root = in->uid == 0,
			      .single_id = has(&spec->run, NS_USER) && !in->wait,
			      .label = spec->run.confine.file_label };

	return root_assemble(&a);
}

int namespace_enter(struct spec *spec, const struct inside *in)
{
	struct spec_run *run = &spec->run;
	char cwd[PATH_MAX];
	int err = in->wait ? wait_for_go(in) : 0;

	if (!err && has(run, NS_USER) && !in->wait)
		err = map_ids(&run->ids, in);
	if (!err && !run->confine.keep_keyring)
		err = leave_keyring();
	if (!err && has(run, NS_NET))
		enter_loopback();
	/* "(unreachable)/..." when it is outside of our root: it isn't there inside either. */
	if (!getcwd(cwd, sizeof(cwd)))
		(void)snprintf(cwd, sizeof(cwd), "(deleted)");
	if (!err)
		err = disable_userns(run);
	if (!err)
		err = stop_propagation(run);
	if (!err)
		err = enter_root(spec, in);
	if (!err)
		err = pty_enter(spec);
	if (!err)
		err = set_hostname(spec);
	if (!err)
		err = change_dir(run, cwd);
	/* /proc/1/mem, environ and fd are nobody's business. Last, for it locks us out of our own
	 * /proc/self as well. */
	if (!err && !run->as_pid_1)
		(void)prctl(PR_SET_DUMPABLE, 0);
	return err;
}
