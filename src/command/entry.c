/* Enter all namespaces of a sandbox by one descriptor, and run a command there that has no more
 * rights than its agent. We go along, but for the PID namespace: from inside we can't be seen. The
 * command can, from its fork on, so it isn't dumpable before it has executed (CVE-2016-9962). */
#include "entry.h"

#include "cgroup_follow.h"
#include "dest.h"
#include "enter.h"
#include "explain.h"
#include "lifeline.h"
#include "log.h"
#include "refused.h"
#include "relay.h"
#include "sys.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

enum { STATUS_TEXT = 4096, GROUPS = 64 };

struct visit {
	struct spec *spec;
	char **argv;
	uid_t uid; /* who we are outside */
	struct cgroup_follow groups;
	struct rlimit limits[RLIM_NLIMITS];
	bool has_limit[RLIM_NLIMITS];
	int gate[2]; /* read by the child, which waits for it */
	pid_t explainer;
};

/* The numbers after a field's name in /proc/PID/status. */
static unsigned numbers(const char *status, const char *field, gid_t *ids, unsigned room)
{
	const char *at = strstr(status, field);
	unsigned n = 0;
	char *stop;

	if (!at)
		return 0;
	at += strlen(field);
	while (n < room && *at != '\n') {
		unsigned long id = strtoul(at, &stop, 10);

		if (stop == at)
			break;
		ids[n++] = (gid_t)id;
		at = stop + strspn(stop, " \t");
	}
	return n;
}

/* The ids in it are those of the user namespace of who opens it (proc(5)). */
static int read_status(int proc, char text[STATUS_TEXT])
{
	int fd = openat(proc, "status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, STATUS_TEXT - 1);
	int err = n < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return err;
}

/* Who enters as root somebody else's sandbox must not take root's groups along, and inside, where
 * they aren't mapped, they can't be given up. */
static int take_groups(const struct visit *visit, const char *status)
{
	gid_t ids[4], groups[GROUPS];
	unsigned n;

	if (numbers(status, "\nUid:\t", ids, 4) != 4 || ids[1] == visit->uid || visit->uid != 0)
		return 0;
	n = numbers(status, "\nGroups:\t", groups, GROUPS);
	return setgroups(n, groups) < 0 ? log_errno(-errno, "cannot give up root's groups") : 0;
}

/* Inside: as whom, by the numbers that hold there. */
static int take_ids(struct spec_ids *ids, int proc)
{
	char status[STATUS_TEXT];
	gid_t uid[4], gid[4];
	int err = read_status(proc, status);

	if (!err &&
	    (numbers(status, "\nUid:\t", uid, 4) != 4 || numbers(status, "\nGid:\t", gid, 4) != 4))
		err = -EPROTO;
	if (err)
		return log_errno(err, "cannot find out whose sandbox it is");
	ids->uid_given = ids->gid_given = ids->not_mapped = true;
	ids->uid = uid[1];
	ids->gid = gid[1];
	return 0;
}

/* What the agent may use, this may use once more. Outside: who is in there may be anybody. */
static void find_limits(struct visit *visit, pid_t pid)
{
	cgroup_follow_open(&visit->groups, pid);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		visit->has_limit[i] = prlimit(pid, i, NULL, &visit->limits[i]) == 0;
}

/* None is raised above our own. */
static void take_limits(const struct visit *visit)
{
	struct rlimit own;

	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit = visit->limits[i];

		if (!visit->has_limit[i] || getrlimit(i, &own) < 0)
			continue;
		if (limit.rlim_max > own.rlim_max)
			limit.rlim_max = own.rlim_max;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(i, &limit);
	}
}

static _Noreturn void run_command(struct visit *visit, int parent)
{
	struct spec *spec = visit->spec;
	const char *dir = spec->run.chdir ? spec->run.chdir : "/";
	char byte;
	int err;

	lifeline_tie(parent);
	(void)close(visit->gate[1]);
	if (read(visit->gate[0], &byte, 1) != 1)
		_exit(CRADLE_EXIT_FAILURE);
	take_limits(visit);
	/* The caller's terminal, on whatever descriptor, must not control what is inside: it could
	 * type there (TIOCSTI). */
	err = setsid() < 0 ? log_errno(-errno, "cannot make a session") : leave_keyring(&spec->run);
	if (!err) {
		err = dest_chdir(dir);
		if (err)
			(void)log_errno(err, "cannot change to %s inside", dir);
	}
	if (err)
		_exit(CRADLE_EXIT_FAILURE);
	if (spec->seccomp.listener)
		spec_confine_keep(&spec->run.confine, spec->seccomp.listener);
	spec->core.argv = visit->argv;
	spec->core.envp = environ;
	spec->core.confine = confine;
	spec->core.filter = spec->seccomp.n ? filter : NULL;
	spec->core.arg = spec;
	cradle_become(&spec->core);
	_exit(CRADLE_EXIT_FAILURE);
}

static int stand_by(const struct visit *visit, pid_t pid)
{
	static struct relay r;
	bool named;

	relay_init(&r);
	r.pid = pid;
	r.other = visit->explainer;
	r.apart = true;
	explain_release(visit->spec);
	sys_close_above_2(NULL, 0);
	(void)!chdir("/");
	if (relay(&r) < 0)
		r.end.code = CRADLE_EXIT_FAILURE;
	named = explain_finish(visit->spec, r.other, r.other_status);
	if (!named && r.end.killed && r.end.code == CRADLE_EXIT_SIGNAL + SIGSYS)
		refused_tell(visit->spec, visit->spec->seccomp.listener);
	return r.end.code;
}

static const char *enter_fix(int err)
{
	switch (err) {
	case -EPERM:
		return " (only the user may who made its user namespace, or root)";
	case -EINVAL:
		return " (Linux 5.8 is needed to do so by a pidfd)";
	case -ESRCH:
		return " (it has gone)";
	default:
		return "";
	}
}

/* Doesn't return once inside. */
static int enter(const struct target *target, void *arg)
{
	struct visit *visit = arg;
	int self = sys_pidfd_open(getpid());
	char status[STATUS_TEXT];
	pid_t pid;
	int err;

	if (!target->flags) {
		log_error("cannot enter %d: it shares all our namespaces, so it is no sandbox",
			  target->pid);
		return -EINVAL;
	}
	err = read_status(target->proc, status);
	if (!err)
		err = take_groups(visit, status);
	if (err)
		return err;
	find_limits(visit, target->pid);
	if (pipe2(visit->gate, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	if (setns(target->pidfd, target->flags) < 0) {
		err = -errno;
		return log_errno(err, "cannot enter the sandbox of %d%s", target->pid,
				 enter_fix(err));
	}
	err = take_ids(&visit->spec->run.ids, target->proc);
	if (err)
		return err;
	pid = fork();
	if (pid < 0)
		return log_errno(-errno, "cannot fork%s",
				 errno == ENOMEM ? " (its PID 1 has gone)" : "");
	if (pid == 0)
		run_command(visit, self);
	if (!cgroup_follow_put(&visit->groups, pid))
		log_warn("the sandbox's control groups don't hold what enters it (only who may "
			 "write to them and to the one above both can put it there)");
	(void)!write(visit->gate[1], "", 1);
	exit(stand_by(visit, pid));
}

int entry(struct spec *spec, char **argv)
{
	struct visit visit = { .spec = spec, .uid = geteuid() };
	const char *who = argv[0];
	int skip = who && argv[1] && !strcmp(argv[1], "--") ? 2 : 1;

	if (!who || !argv[1] || !argv[skip]) {
		log_error("%s: expected a sandbox's name or pid, and a command (see cradle enter "
			  "--help)",
			  who ? who : "cradle enter");
		return CRADLE_EXIT_FAILURE;
	}
	visit.argv = argv + skip;
	/* The command is below nobody: its signal of our death is asked for anew. */
	spec->run.as_pid_1 = true;
	(void)prctl(PR_SET_DUMPABLE, 0);
	visit.explainer = explain_start(spec, false);
	if (visit.explainer >= 0)
		(void)target_each(who, enter, &visit);
	(void)explain_finish(spec, visit.explainer, 0);
	return CRADLE_EXIT_FAILURE;
}
