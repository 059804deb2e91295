/* The agent gives up what isn't its own. Runs in the child, last thing before exec; may not fork or
 * touch what PID 1 holds, whose memory it may still share. */
#include "enter.h"

#include "log.h"
#include "rlimits.h"
#include "sys.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
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

/* capabilities(7): the bounding set first, as that takes CAP_SETPCAP; ambient ones last, as they
 * must be permitted and inheritable. Nothing is inheritable that isn't ambient (CVE-2022-24769). */
static int set_capabilities(uint64_t keep)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const uint32_t low = (uint32_t)keep, high = (uint32_t)(keep >> 32);
	const struct __user_cap_data_struct data[2] = { { low, low, low }, { high, high, high } };

	for (unsigned i = 0; i < 64; i++) {
		if (!(keep >> i & 1) && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0) {
			/* The first that this kernel doesn't know. */
			if (errno == EINVAL)
				break;
			return log_errno(-errno, "cannot drop capability %u", i);
		}
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &head, data) < 0)
		return log_errno(-errno, "cannot set the capabilities%s",
				 errno == EPERM ? " (one of those asked for isn't ours to give)"
						: "");
	for (unsigned i = 0; i < 64; i++) {
		if ((keep >> i & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0 &&
		    errno != EINVAL)
			return log_errno(-errno, "cannot keep capability %u", i);
	}
	return 0;
}

/* Not as root any more, the effective ones are gone (capabilities(7)). */
static int raise_permitted(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

/* --uid and --gid where more than one id is mapped: PID 1 stays the caller. By the bare system
 * calls, as a library would look for threads in memory that isn't ours. */
static int become_user(const struct spec_ids *ids, bool alone)
{
	bool user = ids->uid_given && (ids->not_mapped || getuid() != ids->uid);
	bool group = ids->gid_given && (ids->not_mapped || getgid() != ids->gid);
	int err = 0;

	if (!user && !group)
		return 0;
	(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (group && syscall(SYS_setresgid, ids->gid, ids->gid, ids->gid) < 0)
		return log_errno(-errno, "cannot become gid %u%s", ids->gid,
				 errno == EINVAL ? " (it isn't mapped: --map-gid)" : "");
	if (user && syscall(SYS_setresuid, ids->uid, ids->uid, ids->uid) < 0)
		return log_errno(-errno, "cannot become uid %u%s", ids->uid,
				 errno == EINVAL ? " (it isn't mapped: --map-uid)" : "");
	err = raise_permitted();
	/* It is forgotten by who changes his ids (prctl(2)); below a PID 1 nobody needs it. */
	if (alone)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	return err ? log_errno(err, "cannot keep capabilities over a change of uid") : 0;
}

static int restore_nofile(const struct spec_confine *confine)
{
	const struct rlimit limit = { confine->nofile_soft, confine->nofile_hard };

	if (!confine->nofile_soft || setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	return log_errno(-errno, "cannot restore the limit of open files");
}

/* The order: descriptors while nothing forbids it; rights; no_new_privs, without which nobody may
 * load a filter. The filters come last of all, in seccomp.c, so that no policy has to list the
 * calls above. */
static int confine_agent(const struct spec *spec)
{
	const struct spec_confine *confine = &spec->run.confine;
	int err = restore_nofile(confine);

	if (!err)
		err = rlimits_apply(&spec->run.limits);
	listen_tell_pid(spec);
	close_fds(confine);
	if (!err)
		err = set_label(confine->exec_label);
	if (!err && !confine->keep_rights)
		err = set_capabilities(confine->caps);
	if (!err && !confine->gain_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = log_errno(-errno, "cannot set no_new_privs");
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
	if (spec->run.bwrap)
		_exit(1);
}

int confine(void *arg)
{
	const struct spec *spec = arg;
	int err = 0;

	/* fork handed PID 1's score down (proc(5)); an agent that the OOM killer spares would be
	 * the end of everybody else. */
	if (spec->world == WORLD_VM)
		err = sys_write_file("/proc/self/oom_score_adj", "0");
	if (err)
		(void)log_warn_errno(err, "cannot give the agent an OOM score of 0");
	err = become_user(&spec->run.ids, spec->run.as_pid_1);
	if (!err)
		err = spec->run.confine.enabled ? confine_agent(spec) : 0;
	if (err && spec->run.bwrap)
		_exit(1);
	if (!err)
		tell_exec(spec);
	return err;
}
