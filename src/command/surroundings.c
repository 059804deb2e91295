/* What is around us and what the kernel has. Asks only: the system calls are called with arguments
 * that no kernel accepts, in a child that a seccomp filter may kill. */
#include "check.h"

#include "helper.h"
#include "landlock.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree  428
#define SYS_move_mount 429
#define SYS_fsopen     430
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#define CLONE_INTO_CGROUP_BIT 0x200000000ULL
#define LANDLOCK_VERSION      1 /* LANDLOCK_CREATE_RULESET_VERSION */

static const struct {
	char name[16], since[8];
	char instead[40]; /* "": there is nothing else */
	long number;
	long args[2];
} calls[] = {
	{ "clone3", "5.3", "clone", SYS_clone3, { 0, 0 } },
	{ "pidfd_open", "5.3", "", SYS_pidfd_open, { -1, 0 } },
	{ "open_tree", "5.2", "", SYS_open_tree, { -1, 0 } },
	{ "move_mount", "5.2", "", SYS_move_mount, { -1, 0 } },
	{ "fsopen", "5.2", "", SYS_fsopen, { 0, 0 } },
	{ "mount_setattr", "5.12", "", SYS_mount_setattr, { -1, 0 } },
	{ "openat2", "5.6", "", SYS_openat2, { -1, 0 } },
	{ "close_range", "5.9", "descriptors are closed one by one", SYS_close_range, { 1, 0 } },
	{ "open_tree_attr", "6.15", "open_tree and mount_setattr", SYS_open_tree_attr, { -1, 0 } },
};

struct answers {
	int call[ARRAY_SIZE(calls)]; /* -errno */
	int into_cgroup;
	int landlock; /* version, or -errno */
};

static int ask(void *arg)
{
	struct answers *answers = arg;
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls,
			set_tid, set_tid_size, cgroup;
	} into = { .flags = CLONE_INTO_CGROUP_BIT, .exit_signal = SIGCHLD, .cgroup = INT_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		answers->call[i] =
			syscall(calls[i].number, calls[i].args[0], calls[i].args[1], 0, 0, 0) < 0
				? -errno
				: 0;
	/* EBADF: the kernel looked for the cgroup. */
	answers->into_cgroup = syscall(SYS_clone3, &into, sizeof(into)) < 0 ? -errno : 0;
	answers->landlock = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
	if (answers->landlock < 0)
		answers->landlock = -errno;
	return 0;
}

static void tell_call(struct doctor *doctor, size_t i, int err)
{
	char text[128];
	struct why why;

	if (err != -ENOSYS) {
		check_tell(doctor, calls[i].name, CHECK_OK, 0, NULL, NULL);
	} else if (*calls[i].instead) {
		(void)snprintf(
			text, sizeof(text), "not here (Linux %s%s); instead: %s", calls[i].since,
			doctor->facts.filtered ? ", or a seccomp filter" : "", calls[i].instead);
		check_tell(doctor, calls[i].name, CHECK_OK, 0, text, NULL);
	} else {
		why_explain_call(err, calls[i].since, &doctor->facts, &why);
		check_tell(doctor, calls[i].name, CHECK_FAIL, err, why.cause, why.fix);
	}
}

/* All that there could be asked for. */
static size_t find_missing(unsigned abi, char *buf, size_t size)
{
	static struct spec_landlock all = {
		.npaths = 1,
		.net = { { .given = true }, { .given = true } },
		.scopes = LANDLOCK_ABSTRACT | LANDLOCK_SIGNAL,
	};

	return landlock_missing(&all, abi, buf, size);
}

static void tell_landlock(struct doctor *doctor, int version)
{
	char text[300], missing[200];

	if (version > 0 && !find_missing((unsigned)version, missing, sizeof(missing))) {
		(void)snprintf(text, sizeof(text), "version %d", version);
		check_tell(doctor, "Landlock", CHECK_OK, 0, text, NULL);
	} else if (version > 0) {
		(void)snprintf(text, sizeof(text), "version %d can't deny: %s", version, missing);
		check_tell(doctor, "Landlock", CHECK_WARN, 0, text,
			   "a newer kernel; or --best-effort landlock, which does without");
	} else if (version == -EOPNOTSUPP) {
		check_tell(doctor, "Landlock", CHECK_WARN, version, "it is switched off",
			   "boot with lsm=landlock,... on the kernel command line");
	} else {
		check_tell(doctor, "Landlock", CHECK_WARN, version,
			   doctor->facts.filtered
				   ? "a seccomp filter around us or a kernel without it"
				   : "a kernel without it",
			   "a kernel with CONFIG_SECURITY_LANDLOCK (Linux 5.13)");
	}
}

void check_kernel(struct doctor *doctor)
{
	struct answers *answers = check_shared(sizeof(*answers));
	struct utsname uts;

	if (uname(&uts) == 0)
		check_tell(doctor, "kernel", CHECK_OK, 0, uts.release, NULL);
	if (!answers)
		return;
	if (check_in_child(ask, answers) == CHECK_KILLED) {
		check_tell(doctor, "system calls", CHECK_FAIL, 0,
			   "who asks for them is killed by a seccomp filter around us", NULL);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		tell_call(doctor, i, answers->call[i]);
	check_tell(doctor, "CLONE_INTO_CGROUP", CHECK_OK, 0,
		   answers->into_cgroup == -EBADF
			   ? NULL
			   : "not here (Linux 5.7); instead: cgroup.procs is "
			     "written",
		   NULL);
	tell_landlock(doctor, answers->landlock);
}

static void check_security(struct doctor *doctor)
{
	const struct why_facts *facts = &doctor->facts;
	char lsm[128], yama[16], text[sizeof(lsm) + sizeof(facts->label) + 64];
	bool known = sys_read_file("/sys/kernel/security/lsm", lsm, sizeof(lsm)) > 0;

	(void)snprintf(text, sizeof(text), "%s%s%s%s",
		       known ? lsm : "the list can't be read without securityfs",
		       *facts->label ? "; we are " : "", facts->label,
		       facts->apparmor_userns
			       ? "; kernel.apparmor_restrict_unprivileged_userns is 1"
			       : "");
	check_tell(doctor, "security modules", CHECK_OK, 0, text, NULL);
	if (sys_read_file("/proc/sys/kernel/yama/ptrace_scope", yama, sizeof(yama)) > 0)
		(void)snprintf(text, sizeof(text), "kernel.yama.ptrace_scope is %d", atoi(yama));
	else
		(void)snprintf(text, sizeof(text),
			       "not here: programs of the same user may trace each other, but not "
			       "cradle's PID 1");
	check_tell(doctor, "Yama", CHECK_OK, 0, text, NULL);
}

/* With a terminal of its own, the default, no agent can reach ours. */
static void check_terminal(struct doctor *doctor)
{
	char text[16];

	if (sys_read_file("/proc/sys/dev/tty/legacy_tiocsti", text, sizeof(text)) > 0 &&
	    !atoi(text))
		check_tell(doctor, "terminal", CHECK_OK, 0,
			   "nobody can type into another's terminal", NULL);
	else
		check_tell(
			doctor, "terminal", CHECK_WARN, 0,
			"dev.tty.legacy_tiocsti isn't 0: an agent that is given our own terminal "
			"can type into it",
			"as root: sysctl -w dev.tty.legacy_tiocsti=0 (Linux 6.2); or leave it one "
			"of "
			"its own, the default");
}

void check_surroundings(struct doctor *doctor)
{
	static const char *const names[WHY_NRUNTIMES] = {
		[WHY_RUNTIME_NONE] = "no container",       [WHY_RUNTIME_SYSTEMD] = "a systemd unit",
		[WHY_RUNTIME_CRADLE] = "a cradle sandbox", [WHY_RUNTIME_PODMAN] = "podman",
		[WHY_RUNTIME_DOCKER] = "Docker",           [WHY_RUNTIME_KUBERNETES] = "Kubernetes",
	};
	const struct why_facts *facts = &doctor->facts;
	char text[256];

	(void)snprintf(text, sizeof(text), "%s%s%s%s", names[facts->runtime],
		       facts->chrooted ? ", a chroot" : "",
		       facts->filtered ? ", a seccomp filter is on us" : "",
		       facts->no_new_privs ? ", no_new_privs is set" : "");
	check_tell(doctor, "surroundings", CHECK_OK, 0, text, NULL);
	if (access("/proc/self/status", R_OK) < 0)
		check_tell(doctor, "/proc", CHECK_FAIL, -errno, "/proc isn't mounted here",
			   "as root: mount -t proc proc /proc");
	check_security(doctor);
	check_terminal(doctor);
}

void check_programs(struct doctor *doctor)
{
	static const struct {
		const char *name, *needed;
	} helpers[] = {
		{ "net", "cradle net, and --net=veth and macvlan, need it" },
	};
	char path[PATH_MAX], name[32];

	if (helper_in_path("pasta", path, sizeof(path)) == 0)
		check_tell(doctor, "pasta", CHECK_OK, 0, path, NULL);
	else
		check_tell(doctor, "pasta", CHECK_WARN, -ENOENT, "--net=pasta needs it",
			   "install passt (https://passt.top)");
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		(void)snprintf(name, sizeof(name), "cradle-%s", helpers[i].name);
		if (helper_find(helpers[i].name, path, sizeof(path)) == 0)
			check_tell(doctor, name, CHECK_OK, 0, path, NULL);
		else
			check_tell(doctor, name, CHECK_WARN, -ENOENT, helpers[i].needed,
				   "install it into " LIBEXECDIR ", or set CRADLE_EXEC_PATH");
	}
}
