/* why.h - from a step that failed to its likely cause and the fix.
 *
 * The kernel answers most refusals of a sandbox with EPERM. What is in /proc, /sys and around us
 * tells them apart; launch errors and `cradle doctor` say it with the same words.
 */
#ifndef STAGE_WHY_H
#define STAGE_WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum why_step {
	WHY_CLONE,  /* clone3(2), clone(2), unshare(2) of namespaces */
	WHY_MAP,    /* writing setgroups, uid_map, gid_map */
	WHY_ROOT,   /* the same, where the id outside is root's */
	WHY_RANGES, /* newuidmap, newgidmap */
	WHY_MOUNT,  /* any mount but the next two */
	WHY_PROC,   /* a fresh /proc */
	WHY_SYS,    /* a fresh /sys, in a network namespace of its own */
	WHY_OTHER,  /* anything that is refused or not */
	WHY_CGROUP, /* making a cgroup; what else hinders run/cgroup_find.c says */
};

/* Who started us, as far as it can be told: it decides how the fix is spelled. */
enum why_runtime {
	WHY_RUNTIME_NONE,
	WHY_RUNTIME_SYSTEMD, /* a unit */
	WHY_RUNTIME_CRADLE,
	WHY_RUNTIME_PODMAN,
	WHY_RUNTIME_DOCKER,
	WHY_RUNTIME_KUBERNETES,
	WHY_NRUNTIMES
};

/* What can be read. */
struct why_facts {
	enum why_runtime runtime;
	bool admin;         /* CAP_SYS_ADMIN is effective */
	bool chrooted;      /* / is not what the mount namespace begins with */
	bool names_mounted; /* on /etc/hostname or resolv.conf, as container runtimes do */
	bool no_new_privs;  /* setuid and file capabilities don't work */
	bool filtered;      /* a seccomp filter is on us */
	bool userns_off; /* kernel.unprivileged_userns_clone, a patch of Debian's and others', is 0
			  */
	bool apparmor_userns;  /* kernel.apparmor_restrict_unprivileged_userns is 1 */
	bool selinux;          /* it is enforcing */
	uint64_t exhausted;    /* CLONE_NEW* whose sysctl user.max_*_namespaces is 0 */
	uint64_t absent;       /* CLONE_NEW* that this kernel wasn't built with */
	bool proc_whole;       /* a proc file system is on /proc, all of it */
	bool proc_readonly;    /* it is, read-only */
	unsigned proc_nmasked; /* mounts below it */
	unsigned proc_nlisted; /* as many of them are in proc_masked */
	char proc_masked[160]; /* separated by commas */
	bool sys_open;         /* a whole, writable sysfs is on /sys */
	char label[96];        /* our AppArmor profile or SELinux context, empty: none */
	char exe[256];         /* this program */
};

struct why {
	char cause[320];
	char fix[420];
};

/* Fill in *facts. Reads only, never fails: what can't be read is as if it weren't there. */
void why_read(struct why_facts *facts);

/* One line of /proc/PID/mountinfo; the line is cut into words. Pure. */
void why_mountinfo(struct why_facts *facts, char *line);

/* The likely cause of err (-errno) at that step, and the fix; empty where nothing is known. flags:
 * the CLONE_NEW* asked for (WHY_CLONE). Pure. */
void why_explain(enum why_step step, int err, uint64_t flags, const struct why_facts *facts,
		 struct why *why);

/* The same, read and explained, for the end of a log line's text: " (cause; fix: ...)", or "". In
 * storage that the next call reuses. */
const char *why_clone(int err, uint64_t flags);
const char *why_map(int err, unsigned id); /* of the id outside */
const char *why_fs(const char *type, int err);

/* Of a system call that the kernel had from a version on ("5.12"), when err is -ENOSYS. */
void why_explain_call(int err, const char *since, const struct why_facts *facts, struct why *why);

#endif
