/* Find the control groups that we may divide. Reads and asks; changes nothing. */
#include "cgroup_find.h"

#include "cgroup_read.h"
#include "log.h"
#include "sys.h"
#include "util.h"
#include "why.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One hierarchy: our own group in it, and where that is. */
struct hierarchy {
	const char *controller; /* "": the unified one */
	char *own, *dir;
};

const char *cgroup_controller(enum limit limit)
{
	return limit == LIMIT_MEMORY ? "memory" : limit == LIMIT_PIDS ? "pids" : "cpu";
}

ssize_t cgroup_read_file(int dir, const char *file, char *buf, size_t size)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : read(fd, buf, size - 1);

	if (fd >= 0) {
		n = n < 0 ? -errno : n;
		(void)close(fd);
	}
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

/* 0; 1 if there is no such hierarchy, or none that we can see. */
static int look_up(struct hierarchy *h)
{
	const char *file = "/proc/self/cgroup";
	int err = cgroup_read_own(file, h->controller, &h->own);

	if (!err && h->own) {
		file = "/proc/self/mountinfo";
		err = cgroup_read_dir(file, h->controller, h->own, &h->dir);
	}
	if (err)
		return log_errno(err, "cannot read %s", file);
	return !h->dir;
}

static void forget(struct hierarchy *h)
{
	free(h->own);
	free(h->dir);
}

/* What there is to say about a limit that can't be. Names the first of several. */
static int refuse(struct cgroup *cg, unsigned limits, unsigned best_effort, int err,
		  const char *why, const char *dir, const char *fix)
{
	const unsigned first = (limits & ~best_effort) & -(limits & ~best_effort);
	struct why_facts facts;
	struct why known = { .fix = "" };

	cg->dropped |= limits & best_effort;
	if (!first)
		return 0;
	/* Who runs us in a container decides about its cgroups. */
	if (err == -EROFS) {
		why_read(&facts);
		why_explain(WHY_CGROUP, err, 0, &facts, &known);
	}
	if (*known.fix) {
		why = known.cause;
		dir = "";
		fix = known.fix;
	}
	/* ENOENT is ours, and says nothing more. */
	if (err != -ENOENT)
		return log_errno(err, "cannot limit %s: %s%s (%s; or --best-effort %s)",
				 limit_name(first), why, dir, fix, limit_name(first));
	log_error("cannot limit %s: %s%s (%s; or --best-effort %s)", limit_name(first), why, dir,
		  fix, limit_name(first));
	return err;
}

static const char *unified_fix(int err)
{
	bool systemd = access("/run/systemd/system", F_OK) == 0;

	if (err == 0)
		return "mount one at /sys/fs/cgroup";
	if (err == -ENOENT)
		return systemd ? "name it in Delegate= of user@.service or of the unit we are in"
			       : "root can write it to cgroup.subtree_control of the groups above";
	if (systemd)
		return geteuid() ? "start it by systemd-run --user --scope -p Delegate=yes"
				 : "start it by systemd-run --scope -p Delegate=yes";
	return "root can make one: chown a group, its cgroup.procs and cgroup.subtree_control, and "
	       "start this in a group below";
}

static bool has_word(int dir, const char *file, const char *word)
{
	char text[512];
	ssize_t n = cgroup_read_file(dir, file, text, sizeof(text));

	for (char *at = text; n > 0 && *at; at++) {
		if (*at == ' ' || *at == '\n')
			*at = ',';
	}
	return n > 0 && util_in_list(text, word);
}

static unsigned have(int dir, const char *file, unsigned limits)
{
	unsigned got = 0;

	for (unsigned bit = 1; bit < 1U << LIMIT_KINDS; bit <<= 1) {
		if ((limits & bit) && has_word(dir, file, cgroup_controller(bit)))
			got |= bit;
	}
	return got;
}

enum population { NOBODY, OURSELVES, OTHERS };

static enum population population(int dir)
{
	char text[32], own[16];
	ssize_t n = cgroup_read_file(dir, "cgroup.procs", text, sizeof(text));

	(void)snprintf(own, sizeof(own), "%d\n", getpid());
	return !n ? NOBODY : n > 0 && !strcmp(text, own) ? OURSELVES : OTHERS;
}

/* A group of systemd's that was delegated to nobody: slices never are, and one with init.scope is
 * the top of a manager. It takes controllers away from what it doesn't know. */
static bool is_managed(int dir, const char *path)
{
	size_t len = strlen(path);

	return (len > 6 && !strcmp(path + len - 6, ".slice")) ||
	       faccessat(dir, "init.scope", F_OK, 0) == 0;
}

struct verdict {
	int err;
	const char *why;
};

/* May this group of the unified hierarchy get children with limits? *limits loses what is optional
 * and missing. Sets cg->enable and ->alone. */
static struct verdict judge(struct cgroup *cg, int dir, const char *path, unsigned *limits,
			    unsigned optional)
{
	unsigned given = have(dir, "cgroup.controllers", *limits);
	enum population who = population(dir);

	if (is_managed(dir, path))
		return (struct verdict){ -EPERM, "no delegated cgroup, systemd manages " };
	/* Moving a process takes the right to write to what both groups have above them. */
	if (faccessat(dir, ".", W_OK, 0) < 0 || faccessat(dir, "cgroup.procs", W_OK, 0) < 0)
		return (struct verdict){ -errno, "no delegated cgroup, we can't write to " };
	if (!given || (*limits & ~given & ~optional))
		return (struct verdict){ -ENOENT, "its controller isn't handed down to " };
	cg->enable = given & ~have(dir, "cgroup.subtree_control", given);
	/* The root of all, which has no type, may have both processes and children. */
	cg->alone = cg->enable && who == OURSELVES && faccessat(dir, "cgroup.type", F_OK, 0) == 0;
	if (cg->enable && who == OTHERS && faccessat(dir, "cgroup.type", F_OK, 0) == 0)
		return (struct verdict){ -EBUSY, "no delegated cgroup, other processes are in " };
	*limits = given;
	return (struct verdict){ 0, NULL };
}

/* From path upwards, as far as we may write. Returns the group and leaves where it is in path, or
 * -errno: then *tell and path are what hinders in the nearest group that we may write to. */
static int climb(struct cgroup *cg, char path[PATH_MAX], unsigned *limits, unsigned optional,
		 struct verdict *tell)
{
	char at[PATH_MAX];

	(void)strcpy(at, path);
	while (*at) {
		int dir = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		struct verdict this;

		if (dir < 0)
			break;
		/* Above the mount. */
		if (faccessat(dir, "cgroup.procs", F_OK, 0) < 0) {
			(void)close(dir);
			break;
		}
		this = judge(cg, dir, at, limits, optional);
		if (!this.err || !tell->err ||
		    ((this.err == -EBUSY || this.err == -ENOENT) && tell->err != -EBUSY &&
		     tell->err != -ENOENT)) {
			*tell = this;
			(void)strcpy(path, at);
		}
		if (!this.err)
			return dir;
		(void)close(dir);
		/* From here on it's all a manager's. */
		if (this.err == -EPERM)
			break;
		*strrchr(at, '/') = '\0';
	}
	return tell->err ? tell->err : -ENOENT;
}

static int find_unified(struct cgroup *cg, unsigned wanted, unsigned best_effort)
{
	struct hierarchy h = { .controller = "" };
	struct verdict tell = { 0, NULL };
	unsigned limits = wanted;
	char path[PATH_MAX] = "";
	int dir = -ENOENT, err = look_up(&h);

	if (err < 0)
		return err;
	for (int try = 0; !err && try < 2 && dir < 0; try++) {
		tell = (struct verdict){ 0, NULL };
		(void)snprintf(path, sizeof(path), "%s", h.dir);
		dir = climb(cg, path, &limits, try ? best_effort : 0, &tell);
	}
	forget(&h);
	if (dir < 0)
		return refuse(cg, wanted, best_effort, dir,
			      tell.err ? tell.why : "no cgroup file system that has it is mounted",
			      path, unified_fix(tell.err));
	cg->dropped |= wanted & ~limits;
	cg->dir[0] = (struct cgroup_dir){ limits, dir, -1, strdup(path) };
	return 0;
}

/* Two controllers may be mounted together. */
static bool shares(struct cgroup *cg, unsigned limit, const char *path)
{
	for (unsigned i = 1; i < CGROUP_DIRS; i++) {
		if (!cg->dir[i].limits || strcmp(cg->dir[i].path, path))
			continue;
		cg->dir[i].limits |= limit;
		return true;
	}
	return false;
}

/* A hierarchy of v1: below our own group. Returns 1 if the kernel has the controller elsewhere. */
static int find_v1(struct cgroup *cg, unsigned i, unsigned best_effort)
{
	const unsigned limit = 1U << i;
	struct hierarchy h = { .controller = cgroup_controller(limit) };
	int dir = -1, err = look_up(&h);

	if (!err && !shares(cg, limit, h.dir)) {
		dir = open(h.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0 || faccessat(dir, ".", W_OK, 0) < 0)
			err = refuse(cg, limit, best_effort, -errno,
				     "no delegated cgroup, we can't write to ", h.dir,
				     "cgroups of version 1 are root's, boot with "
				     "systemd.unified_cgroup_hierarchy=1");
		else
			cg->dir[1 + i] = (struct cgroup_dir){ limit, dir, -1, strdup(h.dir) };
	} else if (err == 1 && h.own) {
		err = refuse(cg, limit, best_effort, -ENOENT,
			     "no cgroup file system that has it is mounted", "",
			     "mount it in /sys/fs/cgroup");
	}
	if (dir >= 0 && !cg->dir[1 + i].limits)
		(void)close(dir);
	forget(&h);
	return err;
}

int cgroup_find(struct cgroup *cg, unsigned wanted, unsigned best_effort)
{
	unsigned unified = 0;
	int err = 0;

	for (unsigned i = 0; i < LIMIT_KINDS && err >= 0; i++) {
		if (!(wanted >> i & 1))
			continue;
		err = find_v1(cg, i, best_effort);
		if (err == 1)
			unified |= 1U << i;
	}
	if (err >= 0 && unified)
		err = find_unified(cg, unified, best_effort);
	return err < 0 ? err : 0;
}
