/* Causes and fixes as text. Pure: what there is to know comes in struct why_facts. */
#include "why.h"

#include "namespaces.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CALLS "clone3, unshare, mount, pivot_root and the calls from fsopen to mount_setattr"

/* How each runtime is told to leave something out. Arrays, as each pointer costs every start of
 * cradle a relocation. */
static const struct {
	char name[24], seccomp[224], proc[160], confined[112], cgroup[96], privs[96];
} runtimes[WHY_NRUNTIMES] = {
	[WHY_RUNTIME_NONE] = {
		.name = "",
		.seccomp = "have us started without it, or with one that allows " CALLS,
		.proc = "have us started where it is whole",
		.confined = "have us started without that profile",
		.cgroup = "have us started where they are writable",
		.privs = "have us started without it",
	},
	[WHY_RUNTIME_SYSTEMD] = {
		.name = "systemd's",
		.seccomp = "RestrictNamespaces=no in the unit, and @mount in its SystemCallFilter=, if it has one",
		.proc = "ProtectProc=default, ProcSubset=all, ProtectKernelTunables=no and "
		"ProtectKernelLogs=no in the unit",
		.confined = "no AppArmorProfile= in the unit",
		.cgroup = "ProtectControlGroups=no and Delegate=yes in the unit",
		.privs = "NoNewPrivileges=no in the unit",
	},
	[WHY_RUNTIME_CRADLE] = {
		.name = "the outer sandbox's",
		.seccomp = "start the outer sandbox with --seccomp=build, or none",
		.proc = "mask nothing below /proc in the outer sandbox, and give it --sysfs /sys",
		.confined = "start the outer sandbox without that profile",
		.cgroup = "limit the outer sandbox instead",
		.privs = "have the ids mapped outside",
	},
	[WHY_RUNTIME_PODMAN] = {
		.name = "podman's",
		.seccomp = "podman run --security-opt seccomp=unconfined",
		.proc = "podman run --security-opt unmask=ALL",
		.confined = "podman run --security-opt apparmor=unconfined --security-opt label=disable",
		.cgroup = "podman run --security-opt unmask=/sys/fs/cgroup",
		.privs = "podman run without --security-opt no-new-privileges",
	},
	[WHY_RUNTIME_DOCKER] = {
		.name = "Docker's",
		.seccomp = "docker run --security-opt seccomp=unconfined, or a profile that allows " CALLS,
		.proc = "docker run --security-opt systempaths=unconfined",
		.confined = "docker run --security-opt apparmor=unconfined",
		.cgroup = "docker run --security-opt writable-cgroups=true (Docker 28)",
		.privs = "docker run without --security-opt no-new-privileges",
	},
	[WHY_RUNTIME_KUBERNETES] = {
		.name = "Kubernetes'",
		.seccomp = "securityContext: {seccompProfile: {type: Unconfined}}, or a Localhost "
		"profile that allows " CALLS,
		.proc = "securityContext: {procMount: Unmasked} with hostUsers: false",
		.confined = "securityContext: {appArmorProfile: {type: Unconfined}}",
		.cgroup = "a runtime that mounts cgroups writable",
		.privs = "securityContext: {allowPrivilegeEscalation: true}",
	},
};

__attribute__((format(printf, 2, 3))) static void cause(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why->cause, sizeof(why->cause), fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void fix(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why->fix, sizeof(why->fix), fmt, ap);
	va_end(ap);
}

static bool is_refusal(int err)
{
	return err == -EPERM || err == -EACCES;
}

static void by_filter(const struct why_facts *facts, struct why *why, const char *what)
{
	const char *whose = runtimes[facts->runtime].name;

	cause(why, "a seccomp filter around us%s%s%s refuses %s", *whose ? ", probably " : "",
	      whose, *whose ? "," : "", what);
	fix(why, "%s", runtimes[facts->runtime].seccomp);
}

/* Ubuntu's way: clone3(2) succeeds, and the capabilities are missing in what it made; without the
 * profile "unprivileged_userns" the clone is refused. Who has CAP_SYS_ADMIN is spared. */
static bool by_apparmor_userns(const struct why_facts *facts, struct why *why)
{
	if (!facts->apparmor_userns || facts->admin)
		return false;
	cause(why, "AppArmor refuses user namespaces to unprivileged programs without a profile: "
		   "kernel.apparmor_restrict_unprivileged_userns is 1");
	fix(why,
	    "as root, put `profile cradle \"%s\" flags=(unconfined) { userns, }` into "
	    "/etc/apparmor.d/cradle and run apparmor_parser -r /etc/apparmor.d/cradle; or sysctl "
	    "-w "
	    "kernel.apparmor_restrict_unprivileged_userns=0",
	    facts->exe);
	return true;
}

/* "unconfined" and the complain mode refuse nothing. A label with colons is SELinux'. */
static bool by_label(const struct why_facts *facts, struct why *why)
{
	if (facts->selinux) {
		cause(why, "SELinux may refuse it to %s", *facts->label ? facts->label : "us");
		fix(why, "see ausearch -m avc; in a container --security-opt label=disable");
		return true;
	}
	if (!strstr(facts->label, "(enforce)"))
		return false;
	cause(why, "the AppArmor profile %s may refuse it", facts->label);
	fix(why, "%s", runtimes[facts->runtime].confined);
	return true;
}

static void by_any(const struct why_facts *facts, struct why *why, const char *what)
{
	if (by_apparmor_userns(facts, why) || by_label(facts, why))
		return;
	if (facts->filtered)
		by_filter(facts, why, what);
}

static void clone_refused(int err, const struct why_facts *facts, struct why *why)
{
	if (facts->chrooted) {
		cause(why, "we are in a chroot, where the kernel refuses user namespaces");
		fix(why, "pivot_root(2) instead of chroot(2), as cradle run --root DIR does");
	} else if (facts->userns_off && !facts->admin) {
		cause(why, "the sysctl kernel.unprivileged_userns_clone is 0");
		fix(why, "as root: sysctl -w kernel.unprivileged_userns_clone=1");
	} else if (facts->filtered && err == -EPERM) {
		by_filter(facts, why, "user namespaces");
	} else {
		by_any(facts, why, "user namespaces");
	}
	if (!*why->cause)
		cause(why,
		      "no sysctl, filter or profile explains it: a security module, or a chroot "
		      "that can't be seen from here");
}

/* The names of the namespaces, as in "user, net". */
static void list(uint64_t flags, char text[96])
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < NS_KINDS; i++) {
		if (flags & ns_flag(i))
			len += (size_t)snprintf(text + len, 96 - len, "%s%s", len ? ", " : "",
						ns_name(i));
	}
}

static void clone_full(uint64_t flags, const struct why_facts *facts, struct why *why)
{
	for (unsigned i = 0; i < NS_KINDS; i++) {
		if (!(flags & facts->exhausted & ns_flag(i)))
			continue;
		cause(why, "the sysctl user.max_%s_namespaces is 0", ns_name(i));
		if (ns_flag(i) == CLONE_NEWUSER && facts->runtime == WHY_RUNTIME_CRADLE)
			fix(why, "start the outer sandbox with --disable-userns=0");
		else
			fix(why, "as root: sysctl -w user.max_%s_namespaces=10000", ns_name(i));
		return;
	}
	cause(why,
	      "a limit in /proc/sys/user, of ours or of a user namespace around us, is reached, "
	      "or namespaces are nested more than 32 deep");
	fix(why, "end other sandboxes, or raise user.max_*_namespaces where they are lower");
}

static void explain_clone(int err, uint64_t flags, const struct why_facts *facts, struct why *why)
{
	char names[96];

	switch (err) {
	case -EPERM:
	case -EACCES:
		clone_refused(err, facts, why);
		break;
	case -ENOSPC:
	case -EUSERS:
		clone_full(flags, facts, why);
		break;
	case -ENOSYS:
		why_explain_call(err, "5.3", facts, why);
		break;
	case -EINVAL:
		list(flags & facts->absent, names);
		if (!*names)
			break;
		cause(why, "this kernel has no such namespaces: %s", names);
		fix(why, "a kernel with CONFIG_USER_NS, CONFIG_NET_NS and so on");
		break;
	case -EAGAIN:
		cause(why, "the limit of processes is reached");
		fix(why, "see ulimit -u, and pids.max of our cgroup");
		break;
	}
}

static void explain_map(int err, const struct why_facts *facts, struct why *why)
{
	if (is_refusal(err))
		by_any(facts, why, "id maps");
	if (err == -EPERM && !*why->cause)
		cause(why, "an id that the user namespace around us doesn't map can't be mapped "
			   "on, or a security module refuses it");
}

/* Since Linux 5.12, as a file capability for the root of such a namespace would be one for us, too.
 * Whether we had it is forgotten: in a namespace of one's own one has all. */
static void explain_root(int err, const struct why_facts *facts, struct why *why)
{
	const char *start = facts->runtime == WHY_RUNTIME_CRADLE
				    ? "start the outer sandbox with --cap-keep=CAP_SETFCAP"
				    : "have us started with it";

	if (err != -EPERM) {
		explain_map(err, facts, why);
		return;
	}
	cause(why, "root's id may be mapped on only by who has CAP_SETFCAP");
	fix(why, "%s, or as another user", start);
}

static void explain_proc(const struct why_facts *facts, struct why *why)
{
	char more[32] = "";

	if (facts->proc_nmasked > facts->proc_nlisted)
		(void)snprintf(more, sizeof(more), " and %u more",
			       facts->proc_nmasked - facts->proc_nlisted);
	if (facts->proc_nmasked) {
		cause(why,
		      "parts of /proc are masked (%s%s), and the kernel gives nobody a /proc "
		      "that shows more",
		      facts->proc_masked, more);
		fix(why, "%s", runtimes[facts->runtime].proc);
	} else if (!facts->proc_whole) {
		cause(why,
		      "no whole /proc is mounted here, and the kernel gives a fresh one only to "
		      "whom it shows nothing new");
		fix(why, "%s", runtimes[facts->runtime].proc);
	} else if (facts->proc_readonly) {
		cause(why, "/proc is mounted read-only here, and the kernel gives nobody a "
			   "writable one");
		fix(why, "%s", runtimes[facts->runtime].proc);
	} else {
		by_any(facts, why, "mounts");
	}
}

static void explain_mount(int err, const struct why_facts *facts, struct why *why)
{
	if (is_refusal(err)) {
		by_any(facts, why, "mounts");
	} else if (err == -ENODEV) {
		cause(why, "this kernel has no such file system, or its module isn't loaded");
		fix(why, "as root: modprobe it");
	} else if (err == -ENOSPC) {
		cause(why, "the limit of mounts is reached");
		fix(why, "as root: sysctl -w fs.mount-max=200000");
	} else if (err == -ENOSYS) {
		why_explain_call(err, "5.2", facts, why);
	}
}

static void explain_sys(int err, const struct why_facts *facts, struct why *why)
{
	if (is_refusal(err) && !facts->sys_open) {
		cause(why,
		      "/sys is read-only or isn't whole here, and the kernel gives nobody one that "
		      "shows or allows more");
		fix(why, "%s", runtimes[facts->runtime].proc);
		return;
	}
	explain_mount(err, facts, why);
	if (is_refusal(err) && !*why->cause)
		cause(why, "it needs a network namespace of its own");
}

static void explain_ranges(int err, const struct why_facts *facts, struct why *why)
{
	if (err == -ENOENT) {
		cause(why, "newuidmap and newgidmap aren't installed");
		fix(why,
		    "install them (Debian, Ubuntu: uidmap; Fedora, Arch: shadow-utils, shadow)");
	} else if (facts->no_new_privs) {
		cause(why, "no_new_privs is set on us, so newuidmap and newgidmap can't get the "
			   "capability they need");
		fix(why, "%s", runtimes[facts->runtime].privs);
	} else if (err == -ENODATA) {
		cause(why, "no range of ids is given to this user in /etc/subuid and /etc/subgid");
		fix(why, "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
			 "USER");
	} else if (is_refusal(err)) {
		cause(why, "newuidmap and newgidmap are neither setuid root nor have file "
			   "capabilities that count here, or the range isn't in /etc/subuid");
		fix(why, "as root: setcap cap_setuid=ep newuidmap; setcap cap_setgid=ep newgidmap");
	}
}

static void explain_cgroup(int err, const struct why_facts *facts, struct why *why)
{
	if (err != -EROFS)
		return;
	cause(why, "cgroups are mounted read-only here");
	fix(why, "%s", runtimes[facts->runtime].cgroup);
}

void why_explain_call(int err, const char *since, const struct why_facts *facts, struct why *why)
{
	*why = (struct why){ .cause = "" };
	if (err != -ENOSYS && !(err == -EPERM && facts->filtered))
		return;
	if (facts->filtered) {
		by_filter(facts, why, "the system call");
		return;
	}
	cause(why, "this kernel is older than Linux %s", since);
	fix(why, "a newer kernel");
}

void why_explain(enum why_step step, int err, uint64_t flags, const struct why_facts *facts,
		 struct why *why)
{
	*why = (struct why){ .cause = "" };
	switch (step) {
	case WHY_CLONE:
		explain_clone(err, flags, facts, why);
		break;
	case WHY_MAP:
		explain_map(err, facts, why);
		break;
	case WHY_ROOT:
		explain_root(err, facts, why);
		break;
	case WHY_OTHER:
		if (is_refusal(err))
			by_any(facts, why, "it");
		break;
	case WHY_RANGES:
		explain_ranges(err, facts, why);
		break;
	case WHY_PROC:
		if (is_refusal(err))
			explain_proc(facts, why);
		else
			explain_mount(err, facts, why);
		break;
	case WHY_SYS:
		explain_sys(err, facts, why);
		break;
	case WHY_MOUNT:
		explain_mount(err, facts, why);
		break;
	case WHY_CGROUP:
		explain_cgroup(err, facts, why);
		break;
	}
}
