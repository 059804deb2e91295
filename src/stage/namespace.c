/* PID 1 of the namespaces that cradle run made. May change what is inside them; everything it
 * mounts is invisible to the host. */
#include "enter.h"

#include "best_effort.h"
#include "clocks.h"
#include "dest.h"
#include "idmap.h"
#include "log.h"
#include "namespaces.h"
#include "pty.h"
#include "root.h"
#include "status.h"
#include "sys.h"
#include "userns.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GID_TTY = 5 }; /* in every distribution, as devices_make() has it */

static bool has(const struct spec_run *run, enum ns_kind kind)
{
	return run->ns.unshare >> kind & 1;
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
int leave_keyring(struct spec_run *run)
{
	if (syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL) >= 0 ||
	    errno == ENOSYS || errno == EPERM)
		return 0;
	if (run->best_effort & BEST_KEYRING) {
		run->not_enforced |= BEST_KEYRING;
		return 0;
	}
	return log_errno(-errno, "cannot leave the session keyring");
}

/* Nobody else is on this network, so it needs no root to serve on its port 80; that is also what
 * docker and podman give. */
static void enter_network(const struct spec_net *net)
{
	int err = 0;

	if (netmode_wants_loopback(net))
		enter_loopback();
	if (netmode_has_outside(net))
		err = sys_write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
	if (err)
		(void)log_warn_errno(err, "cannot open the ports below 1024 to the agent");
}

/* Without a user namespace the copy of the host's mounts still tells the host of its own. */
static int stop_propagation(const struct spec_run *run)
{
	if (has(run, NS_USER) || !has(run, NS_MNT) ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0)
		return 0;
	return log_errno(-errno, "cannot make the host's mounts private");
}

/* --userns2: what is mounted belongs to the one before, so nobody in this one can undo it. */
static int enter_second_userns(const struct spec_run *run)
{
	if (run->ns.userns2 < 0 || setns(run->ns.userns2, (int)ns_flag(NS_USER)) == 0)
		return 0;
	return log_errno(-errno, "cannot join the second user namespace%s",
			 errno == EPERM ? " (it must be a child of the sandbox's)" : "");
}

/* In the host's own tree alone no link can be meant to lead astray. */
static int go_to(const struct spec_run *run, const char *dir)
{
	if (!plan_is_default(&run->plan))
		return dest_chdir(dir);
	return chdir(dir) < 0 ? -errno : 0;
}

/* bwrap's second choice is the home directory, and it doesn't say so. */
static int change_dir(struct spec *spec, const char *cwd)
{
	struct spec_run *run = &spec->run;
	const char *home = run->bwrap ? environment_get(spec, "HOME") : NULL;
	int err;

	run->pwd = run->chdir ? run->chdir : cwd;
	err = go_to(run, run->pwd);
	if (!err)
		return 0;
	if (run->chdir)
		return log_errno(err, "cannot change to %s inside", run->pwd);
	if (!run->bwrap)
		log_warn("%s isn't there inside: starting in /",
			 *run->pwd == '(' ? "the current directory, which was deleted," : run->pwd);
	run->pwd = home;
	if (home && go_to(run, home) == 0)
		return 0;
	run->pwd = "/";
	return chdir("/") < 0 ? log_errno(-errno, "cannot change to / inside") : 0;
}

/* As the caller's shell calls it, if that is true: through links, it may be another path. */
static void find_cwd(const struct spec_run *run, char cwd[PATH_MAX])
{
	const char *pwd = run->bwrap ? getenv("PWD") : NULL;
	struct stat called, here;

	if (pwd && *pwd == '/' && strlen(pwd) < PATH_MAX && stat(pwd, &called) == 0 &&
	    stat(".", &here) == 0 && called.st_dev == here.st_dev && called.st_ino == here.st_ino)
		(void)strcpy(cwd, pwd);
	/* "(unreachable)/..." when it is outside of our root: it isn't there inside either. */
	else if (!getcwd(cwd, PATH_MAX))
		(void)snprintf(cwd, PATH_MAX, "(deleted)");
}

/* Whose root is whatever is there. */
static int join_mounts(int mnt)
{
	if (setns(mnt, (int)ns_flag(NS_MNT)) == 0)
		return 0;
	return log_errno(-errno, "cannot join the mnt namespace%s",
			 errno == EPERM ? " (join the user namespace it belongs to, too)" : "");
}

static int enter_root(struct spec *spec, const struct inside *in)
{
	struct assembly a = { .plan = &spec->run.plan,
			      .scratch = -1,
			      .outside_root = in->uid == 0 || idmap_reaches_root(&spec->run.ids),
			      .single_id = !idmap_has_gid(&spec->run, in->gid, GID_TTY),
			      .label = spec->run.confine.file_label };
	int mnt = spec->run.ns.join_fd[NS_MNT];
	char console[64];

	if (mnt >= 0)
		return join_mounts(mnt);
	/* ttyname(3) inside shall find the terminal that the agent writes to anyway. */
	if (spec->run.tty == TTY_INHERIT && ttyname_r(STDOUT_FILENO, console, sizeof(console)) == 0)
		a.console = console;
	/* Its callers count on mount points being made in what they bind. That it is no link out of
	 * the root that leads there is seen to all the same. */
	a.like_bwrap = a.root.anywhere = spec->run.bwrap;
	return root_assemble(&a);
}

int namespace_enter(struct spec *spec, const struct inside *in)
{
	struct spec_run *run = &spec->run;
	static char cwd[PATH_MAX];
	int proc, err = in->wait ? wait_for_go(in) : 0;

	if (!err && has(run, NS_USER) && !in->wait)
		err = idmap_single(0, &run->ids, in->uid, in->gid);
	if (!err && !run->confine.keep_keyring)
		err = leave_keyring(run);
	if (!err && has(run, NS_NET))
		enter_network(&run->net);
	find_cwd(run, cwd);
	if (!err && run->ns.late_time)
		err = clocks_set(&run->ns);
	proc = userns_open_proc(run);
	if (!err)
		err = stop_propagation(run);
	if (!err)
		err = enter_root(spec, in);
	if (!err)
		err = pty_enter(spec);
	if (!err)
		err = enter_hostname(spec->enter.hostname);
	if (!err)
		err = enter_second_userns(run);
	if (!err)
		err = userns_seal(run, proc);
	if (!err)
		err = change_dir(spec, cwd);
	/* /proc/1/mem, environ and fd are nobody's business. Last, for it locks us out of our own
	 * /proc/self as well. */
	if (!err && !run->as_pid_1)
		(void)prctl(PR_SET_DUMPABLE, 0);
	return err;
}
