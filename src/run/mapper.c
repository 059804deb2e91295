/* The ids of the sandbox's user namespace. May read the host's lists of subordinate ids, write the
 * maps of PID 1, and run newuidmap and newgidmap. */
#include "mapper.h"

#include "helper.h"
#include "idmap.h"
#include "idranges.h"
#include "log.h"
#include "rights.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MAP_TEXT = 4096, GROUPS = 64, OVERFLOW_GID = 65534 };

struct kind {
	const char *noun, *option, *file, *map, *helper, *fix;
	unsigned capability;
};

static const struct kind kinds[] = {
	{ "uid", "--map-uid", "/etc/subuid", "uid_map", "newuidmap", "--add-subuids", CAP_SETUID },
	{ "gid", "--map-gid", "/etc/subgid", "gid_map", "newgidmap", "--add-subgids", CAP_SETGID },
};

/* One of the two maps. */
struct mapping {
	const struct kind *kind;
	struct idmap *maps;
	unsigned *n;
	unsigned own, inside; /* the caller's id */
	bool given;           /* inside was */
	bool privileged;      /* to map any id */
};

static void describe(struct spec_ids *ids, struct mapping both[2])
{
	both[0] = (struct mapping){ .kind = &kinds[0],
				    .maps = ids->uid_map,
				    .n = &ids->nuid_maps,
				    .own = geteuid(),
				    .given = ids->uid_given };
	both[1] = (struct mapping){ .kind = &kinds[1],
				    .maps = ids->gid_map,
				    .n = &ids->ngid_maps,
				    .own = getegid(),
				    .given = ids->gid_given };
	both[0].inside = ids->uid_given ? ids->uid : both[0].own;
	both[1].inside = ids->gid_given ? ids->gid : both[1].own;
	for (unsigned i = 0; i < 2; i++)
		both[i].privileged = rights_have(kinds[i].capability);
}

/* Nothing but the caller's own id, which everybody may map. */
static bool is_own(const struct mapping *m)
{
	return *m->n == 1 && m->maps->count == 1 && m->maps->outside == m->own;
}

static int too_many(const struct mapping *m)
{
	return log_errno(-E2BIG, "cannot map so many ranges of %ss (the kernel takes %d)",
			 m->kind->noun, SANDBOX_MAPS);
}

static int check_given(const struct mapping *m)
{
	if (!m->given || idranges_find(m->maps, *m->n, IDRANGES_INSIDE, m->inside))
		return 0;
	log_error("--%s: %u isn't there inside: expected one of those that %s names", m->kind->noun,
		  m->inside, m->kind->option);
	return -EINVAL;
}

/* PID 1 stays who the caller is, so that it can open what is his. */
static int add_own(struct mapping *m)
{
	if (idranges_find(m->maps, *m->n, IDRANGES_OUTSIDE, m->own))
		return check_given(m);
	if (idranges_find(m->maps, *m->n, IDRANGES_INSIDE, m->inside)) {
		log_error("%s: %s %u inside is you yourself, and can't be another one: expected a "
			  "hole there, or your own %s %u among the maps",
			  m->kind->option, m->kind->noun, m->inside, m->kind->noun, m->own);
		return -EINVAL;
	}
	return idranges_add(m->maps, m->n, m->inside, m->own, 1) ? 0 : too_many(m);
}

/* A text file as a whole; NULL: there is none. */
static char *read_all(const char *path)
{
	struct stat st;
	size_t size = stat(path, &st) < 0 ? 0 : (size_t)st.st_size + 1;
	char *text = size ? malloc(size) : NULL;

	if (text && sys_read_file(path, text, size) < 0) {
		free(text);
		text = NULL;
	}
	return text;
}

static void find_user(char name[64])
{
	char *passwd = read_all("/etc/passwd");
	const char *at = NULL;
	unsigned len = passwd ? idranges_user(passwd, geteuid(), &at) : 0;

	(void)snprintf(name, 64, "%.*s", len < 64 ? (int)len : 0, at ? at : "");
	free(passwd);
}

/* A user namespace has room for it above what others have; the sizes are useradd(8)'s. */
static int no_ranges(const struct kind *kind, const char *user, uint64_t next)
{
	char number[16];

	if (next < 100000 || next > UINT32_MAX - 65536)
		next = 100000;
	(void)snprintf(number, sizeof(number), "%u", geteuid());
	log_error("--map-auto: %s gives %s no ids (as root: usermod %s %llu-%llu %s)", kind->file,
		  *user ? user : number, kind->fix, (unsigned long long)next,
		  (unsigned long long)next + 65535, *user ? user : number);
	return -ENOENT;
}

static int add_ranges(struct mapping *m)
{
	static struct idmap ranges[SANDBOX_MAPS];
	char user[64];
	char *text = read_all(m->kind->file);
	uint64_t next = 0;
	unsigned n;
	int err = 0;

	find_user(user);
	n = text ? idranges_parse(text, *user ? user : NULL, geteuid(), ranges, SANDBOX_MAPS, &next)
		 : 0;
	free(text);
	if (!n)
		return no_ranges(m->kind, user, next);
	for (unsigned i = 0; i < n && !err; i++) {
		if (i == SANDBOX_MAPS ||
		    !idranges_fill(m->maps, m->n, ranges[i].outside, ranges[i].count))
			err = too_many(m);
	}
	return err;
}

/* The agent keeps them in any case; mapped, they also have their names. */
static void add_groups(struct mapping *m)
{
	gid_t groups[GROUPS];
	int n = getgroups(GROUPS, groups);

	for (int i = 0; i < n; i++) {
		if (groups[i] == OVERFLOW_GID ||
		    idranges_find(m->maps, *m->n, IDRANGES_OUTSIDE, groups[i]) ||
		    idranges_find(m->maps, *m->n, IDRANGES_INSIDE, groups[i]))
			continue;
		if (!idranges_add(m->maps, m->n, groups[i], groups[i], 1))
			return;
	}
}

/* A setuid program, which is told nothing but an error when it has no rights. */
static int check_helper(const struct mapping *m)
{
	char path[PATH_MAX];

	if (helper_in_path(m->kind->helper, path, sizeof(path)) < 0) {
		log_error("cannot map %ss: there is no %s (Debian has it in the package uidmap)",
			  m->kind->noun, m->kind->helper);
		return -ENOENT;
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		log_error("cannot map %ss: no_new_privs is set, so that %s has no rights (in "
			  "Kubernetes: allowPrivilegeEscalation: true; in a sandbox: without)",
			  m->kind->noun, m->kind->helper);
		return -EPERM;
	}
	return 0;
}

static int plan_one(struct spec_ids *ids, struct mapping *m)
{
	int err = add_own(m);

	if (!err && ids->map_auto)
		err = add_ranges(m);
	if (!err && m->privileged && m->kind->capability == CAP_SETGID)
		add_groups(m);
	if (!err && !m->privileged && !is_own(m))
		err = check_helper(m);
	return err;
}

int mapper_plan(struct spec_run *run)
{
	struct spec_ids *ids = &run->ids;
	struct mapping both[2];
	bool asked = !idmap_is_single(ids);
	int err = 0;

	if (!(run->ns.unshare >> NS_USER & 1) || (!asked && run->uid != 0) ||
	    run->status.userns_block_fd >= 0)
		return 0;
	describe(ids, both);
	/* A group may also be there to take something away (CVE-2014-8989). */
	ids->groups_shown = !asked;
	if (!asked && !(both[0].privileged && both[1].privileged))
		return 0;
	for (unsigned i = 0; i < 2 && !err; i++)
		err = plan_one(ids, &both[i]);
	return err;
}

bool mapper_is_needed(const struct spec_run *run)
{
	return (run->ns.unshare >> NS_USER & 1) && run->ids.nuid_maps;
}

/* One write(2), a page at most (user_namespaces(7)). */
static int write_direct(const struct mapping *m, const char *proc, bool deny)
{
	char text[MAP_TEXT], path[64];
	size_t at = 0;
	int err;

	for (unsigned i = 0; i < *m->n && at < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%u %u %u\n",
				       m->maps[i].inside, m->maps[i].outside, m->maps[i].count);
	if (at >= sizeof(text))
		return too_many(m);
	/* user_namespaces(7): without CAP_SETGID outside, groups can be mapped only after
	 * setgroups(2) is given up. */
	(void)snprintf(path, sizeof(path), "%s/setgroups", proc);
	err = m->kind->capability == CAP_SETGID && (deny || !m->privileged)
		      ? sys_write_file(path, "deny")
		      : 0;
	(void)snprintf(path, sizeof(path), "%s/%s", proc, m->kind->map);
	if (!err)
		err = sys_write_file(path, text);
	if (!err)
		return 0;
	return log_errno(err, "cannot map %ss into the namespace%s", m->kind->noun,
			 err != -EPERM   ? ""
			 : m->privileged ? " (one of those outside isn't there in the user "
					   "namespace that we are in, or CAP_SETFCAP is missing)"
					 : " (AppArmor may restrict unprivileged user "
					   "namespaces: see the sysctl kernel."
					   "apparmor_restrict_unprivileged_userns)");
}

/* newuidmap(1): PID, and three numbers for each map. Returns its pid. */
static pid_t start_helper(const struct mapping *m, pid_t target)
{
	static char numbers[3 * SANDBOX_MAPS + 1][12];
	static char *argv[3 * SANDBOX_MAPS + 3];
	char path[PATH_MAX];
	unsigned n = 0;
	pid_t pid;

	if (helper_in_path(m->kind->helper, path, sizeof(path)) < 0)
		return log_errno(-ENOENT, "cannot find %s", m->kind->helper);
	pid = fork();
	if (pid)
		return pid < 0 ? log_errno(-errno, "cannot fork for %s", path) : pid;
	(void)snprintf(numbers[n++], sizeof(numbers[0]), "%d", target);
	for (unsigned i = 0; i < *m->n; i++) {
		(void)snprintf(numbers[n++], sizeof(numbers[0]), "%u", m->maps[i].inside);
		(void)snprintf(numbers[n++], sizeof(numbers[0]), "%u", m->maps[i].outside);
		(void)snprintf(numbers[n++], sizeof(numbers[0]), "%u", m->maps[i].count);
	}
	argv[0] = path;
	for (unsigned i = 0; i < n; i++)
		argv[i + 1] = numbers[i];
	sys_sigmask(0, NULL);
	(void)execve(path, argv, environ);
	(void)log_errno(-errno, "cannot execute %s", path);
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}

static int wait_for_helper(const struct mapping *m, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return log_errno(-errno, "cannot wait for %s", m->kind->helper);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	log_error("cannot map %ss: %s refused it (what it may map stands in %s; usermod %s "
		  "FIRST-LAST USER adds to that)",
		  m->kind->noun, m->kind->helper, m->kind->file, m->kind->fix);
	return -EPERM;
}

int mapper_write(const struct spec_run *run, pid_t pid)
{
	struct mapping both[2];
	pid_t helper[2] = { 0, 0 };
	char proc[32];
	int err = 0;

	(void)snprintf(proc, sizeof(proc), "/proc/%d", pid);
	if (!mapper_is_needed(run))
		return idmap_single(pid, &run->ids, geteuid(), getegid());
	describe((struct spec_ids *)&run->ids, both);
	/* Both run at once: each takes longer than all the rest of a launch. */
	for (unsigned i = 0; i < 2 && !err; i++) {
		if (both[i].privileged || is_own(&both[i]))
			err = write_direct(&both[i], proc, run->ids.groups_shown);
		else
			helper[i] = start_helper(&both[i], pid);
		if (helper[i] < 0)
			err = helper[i];
	}
	for (unsigned i = 0; i < 2; i++) {
		int failed = helper[i] > 0 ? wait_for_helper(&both[i], helper[i]) : 0;

		err = err ? err : failed;
	}
	return err;
}
