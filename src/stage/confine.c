/* The agent gives up what isn't its own. Runs in the child, last thing before exec; may not fork or
 * touch what PID 1 holds, whose memory it may still share. */
#include "enter.h"

#include "capabilities.h"
#include "explain.h"
#include "guard.h"
#include "log.h"
#include "rlimits.h"
#include "ruleset.h"
#include "sys.h"
#include "traits.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_fds(const struct spec_confine *confine)
{
	if (!confine->inherit_fds)
		sys_close_above_2(confine->keep_fd, confine->nkeep_fd);
}

static int set_label(const char *label)
{
	int err = label ? sys_write_file("/proc/self/attr/exec", label) : 0;

	return err ? log_errno(err, "cannot set the label %s%s", label,
			       err == -EINVAL || err == -ENOENT ? " (is SELinux on?)" : "")
		   : 0;
}

static const char *id_fix(int err, const char *kind)
{
	if (err == EINVAL)
		return *kind == 'u' ? " (it isn't mapped: --map-uid)"
				    : " (it isn't mapped: --map-gid)";
	return err == EPERM ? " (only root may)" : "";
}

/* By the bare system calls, as a library would look for threads in memory that isn't ours. */
static int become_user(const struct spec *spec)
{
	const struct spec_ids *ids = &spec->run.ids;
	const struct spec_user *who = spec->run.confine.user;
	bool user = ids->uid_given && (ids->not_mapped || getuid() != ids->uid);
	bool group = ids->gid_given && (ids->not_mapped || getgid() != ids->gid);
	int err = 0;

	if (!user && !group && !who)
		return 0;
	(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	/* Each takes rights that go with the user; and nobody's groups may stay. */
	if (who && who->sets_groups && syscall(SYS_setgroups, who->ngroups, who->group) < 0)
		return log_errno(-errno, "cannot set the supplementary groups%s",
				 errno == EINVAL  ? " (one of them isn't mapped: --map-gid)"
				 : errno == EPERM ? " (only root may, or who has CAP_SETGID)"
						  : "");
	if (group && syscall(SYS_setresgid, ids->gid, ids->gid, ids->gid) < 0)
		return log_errno(-errno, "cannot become gid %u%s", ids->gid, id_fix(errno, "gid"));
	if (user && syscall(SYS_setresuid, ids->uid, ids->uid, ids->uid) < 0)
		return log_errno(-errno, "cannot become uid %u%s", ids->uid, id_fix(errno, "uid"));
	err = capabilities_raise();
	return err ? log_errno(err, "cannot keep capabilities over a change of uid") : 0;
}

static int restore_nofile(const struct spec_confine *confine)
{
	const struct rlimit limit = { confine->nofile_soft, confine->nofile_hard };

	if (!confine->nofile_soft || setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	return log_errno(-errno, "cannot restore the limit of open files");
}

/* fork handed PID 1's score down (proc(5)); in a VM that is spared by the OOM killer, and an agent
 * that is would be the end of everybody else. In a sandbox the launcher has set it, as whoever is
 * below a PID 1 that isn't dumpable can't write to his own /proc/self. */
static int set_score(const struct spec *spec)
{
	const struct spec_traits *traits = &spec->run.confine.traits;
	int err = 0;

	if (traits->oom_given && spec->verb == VERB_INIT) {
		int was = prctl(PR_GET_DUMPABLE);

		(void)prctl(PR_SET_DUMPABLE, 1);
		err = traits_score(traits->oom_score_adj);
		/* If memory is shared that is PID 1's, too. */
		(void)prctl(PR_SET_DUMPABLE, was);
		return err;
	}
	if (spec->world == WORLD_VM)
		err = sys_write_file("/proc/self/oom_score_adj", "0");
	if (err)
		(void)log_warn_errno(err, "cannot give the agent an OOM score of 0");
	return 0;
}

/* The order of everything that the agent gives up or takes on. What needs a right, a file or a
 * descriptor stands before what takes that away:
 *
 *  1. the OOM score and the label are written to /proc, which Landlock may forbid;
 *  2. limits and niceness: more than now takes CAP_SYS_RESOURCE and CAP_SYS_NICE, which go in 6 and
 *     7, and files may be needed up to here;
 *  3. no_new_privs: without it only CAP_SYS_ADMIN may call Landlock, or load a filter;
 *  4. Landlock, while who shall keep on gaining privileges is still root, and what it can't see;
 *  5. descriptors, once nothing of ours is needed any more;
 *  6. groups, gid, uid: setgroups(2) and setresgid(2) take rights that go with the uid;
 *  7. capabilities: a change of uid empties the ambient set, so after it; the bounding set first of
 *     all, as that takes CAP_SETPCAP;
 *  8. the signal of PID 1's death, which a change of ids makes the kernel forget (prctl(2)).
 *
 * Signals are given back after that, and filters come last of all, so that no policy has to list
 * the calls that this takes. */
static int confine_agent(const struct spec *spec)
{
	const struct spec_confine *confine = &spec->run.confine;
	int err = set_score(spec);

	if (!err)
		err = set_label(confine->exec_label);
	if (!err)
		err = restore_nofile(confine);
	if (!err)
		err = rlimits_apply(&spec->run.limits);
	if (!err)
		err = traits_set(&confine->traits);
	listen_tell_pid(spec);
	if (!err && !confine->gain_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = log_errno(-errno, "cannot set no_new_privs");
	if (!err)
		err = ruleset_enter(confine->landlock);
	if (!err)
		err = guard_enter(spec);
	close_fds(confine);
	if (!err)
		err = become_user(spec);
	if (!err && !confine->keep_rights)
		err = capabilities_keep(confine);
	/* Below the PID 1 of a PID namespace nobody needs it. */
	if (!err && (spec->run.walled || (spec->run.as_pid_1 && spec->run.ids.uid_given)))
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	return err;
}

/* One byte: everything is done but exec. A second one: that failed. */
static void tell_exec(const struct spec *spec)
{
	if (spec->verb == VERB_RUN && spec->run.status.exec_fd >= 0)
		(void)!write(spec->run.status.exec_fd, "", 1);
}

/* bwrap's callers expect its code. */
void exec_failed(void *arg, int err)
{
	const struct spec *spec = arg;

	(void)err;
	tell_exec(spec);
	if (!spec->run.bwrap)
		return;
	/* What is refused by now may be to exit, too. */
	(void)syscall(SYS_exit_group, 1);
	__builtin_trap();
}

/* With all rights yet, so that it may look at the agent; and once for each life, as PID 1 kills
 * what is left of one. In a sandbox the launcher does it, outside. */
static int explain(struct spec *spec)
{
	pid_t pid = spec->verb == VERB_INIT ? explain_start(spec, true) : 0;

	if (pid > 0)
		*spec->seccomp.explainer = pid;
	return pid < 0 ? pid : 0;
}

int confine(void *arg)
{
	struct spec *spec = arg;
	int err = explain(spec);

	if (!err)
		err = confine_agent(spec);
	if (err && spec->run.bwrap)
		_exit(1);
	if (!err)
		tell_exec(spec);
	return err;
}
