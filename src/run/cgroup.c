/* The sandbox's control groups: made before the clone, read and removed after its end. Outside
 * only; changes nothing but groups that it made, and what their parent hands down.
 *
 * The OOM killer takes the largest process in the group (no memory.oom.group): PID 1, the smallest,
 * survives to report what happened to the agent and to end the others in order. */
#include "cgroup.h"

#include "cgroup_find.h"
#include "cgroup_tree.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { TRIES = 3, AT_ONCE_MS = 2000, PERIOD_US = 100000, LONG_PERIOD_US = 1000000 };

/* In v2 the processes are one level below the limits: who mounts its own group inside owns the
 * files in it, and could raise them. */
static const char inner[] = "inner";
#define DEPTH "32"

static int open_group(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool same_file(int fd, int parent, const char *name)
{
	struct stat have, there;

	return fstat(fd, &have) == 0 && fstatat(parent, name, &there, 0) == 0 &&
	       have.st_ino == there.st_ino && have.st_dev == there.st_dev;
}

/* A new group, locked, which tells cgroup_sweep() that somebody lives. Until then it may be swept
 * away. */
static int make_group(int parent, const char *name)
{
	for (int i = 0; i < TRIES; i++) {
		int fd;

		if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
			return -errno;
		fd = open_group(parent, name);
		if (fd < 0 && fd != -ENOENT)
			return fd;
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && same_file(fd, parent, name))
			return fd;
		if (fd >= 0)
			(void)close(fd);
	}
	return -EAGAIN;
}

/* From its own group to one below, with the guard: a group with processes can't hand controllers
 * down. */
static int step_aside(const struct cgroup *cg)
{
	const struct cgroup_dir *dir = &cg->dir[0];
	char name[sizeof(cg->name) + sizeof(CGROUP_LAUNCHER)], pid[16];
	int group, err;

	(void)snprintf(name, sizeof(name), "%s%s", cg->name, CGROUP_LAUNCHER);
	(void)snprintf(pid, sizeof(pid), "%d", cg->guard);
	group = mkdirat(dir->parent, name, 0755) < 0 ? -errno : open_group(dir->parent, name);
	if (group < 0)
		return log_errno(group, "cannot make the cgroup %s/%s", dir->path, name);
	err = cgroup_write(group, "cgroup.procs", pid);
	if (!err)
		err = cgroup_write(group, "cgroup.procs", "0");
	(void)close(group);
	return err ? log_errno(err, "cannot move to the cgroup %s/%s", dir->path, name) : 0;
}

static int hand_down(const struct cgroup *cg)
{
	const struct cgroup_dir *dir = &cg->dir[0];
	int err = cg->alone ? step_aside(cg) : 0;

	for (unsigned bit = 1; bit < 1U << LIMIT_KINDS && !err; bit <<= 1) {
		char word[16];

		if (!(cg->enable & bit))
			continue;
		(void)snprintf(word, sizeof(word), "+%s", cgroup_controller(bit));
		err = cgroup_write(dir->parent, "cgroup.subtree_control", word);
		if (err)
			return log_errno(err, "cannot hand the %s controller down in %s", word + 1,
					 dir->path);
	}
	return err;
}

static int write_number(int group, const char *file, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	return cgroup_write(group, file, text);
}

static bool has_swap(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 || info.totalswap;
}

/* What doesn't fit into memory would go to swap, beyond the limit. The files are missing where the
 * kernel doesn't count swap, which matters only if there is any. */
static int limit_memory(int group, bool v2, uint64_t bytes)
{
	int err = write_number(group, v2 ? "memory.max" : "memory.limit_in_bytes", bytes);

	if (!err)
		err = v2 ? write_number(group, "memory.swap.max", 0)
			 : write_number(group, "memory.memsw.limit_in_bytes", bytes);
	return err == -ENOENT && !has_swap() ? 0 : err;
}

/* The kernel takes no quota below 1 ms, so little CPU needs a longer period. */
static int limit_cpu(int group, bool v2, unsigned milli)
{
	const unsigned period = milli < 10 ? LONG_PERIOD_US : PERIOD_US;
	const uint64_t quota = (uint64_t)milli * period / 1000;
	char text[64];
	int err;

	if (v2) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 " %u", quota, period);
		return cgroup_write(group, "cpu.max", text);
	}
	err = write_number(group, "cpu.cfs_period_us", period);
	return err ? err : write_number(group, "cpu.cfs_quota_us", quota);
}

static int set_limit(int group, bool v2, enum limit limit, const struct spec_limits *limits)
{
	switch (limit) {
	case LIMIT_MEMORY:
		return limit_memory(group, v2, limits->memory);
	case LIMIT_PIDS:
		return write_number(group, "pids.max", limits->pids);
	default:
		return limit_cpu(group, v2, limits->cpu_milli);
	}
}

static int set_limits(struct cgroup *cg, unsigned i, const struct spec_limits *limits,
		      unsigned best_effort)
{
	const struct cgroup_dir *dir = &cg->dir[i];

	for (unsigned bit = 1; bit < 1U << LIMIT_KINDS; bit <<= 1) {
		int err = dir->limits & bit ? set_limit(dir->fd, i == 0, bit, limits) : 0;

		if (err && (best_effort & bit))
			cg->dropped |= bit;
		else if (err)
			return log_errno(err, "cannot limit %s in a cgroup below %s%s",
					 limit_name(bit), dir->path,
					 err == -ENOENT && bit == LIMIT_MEMORY
						 ? " (swap isn't counted: boot with swapaccount=1, "
						   "or swapoff)"
						 : "");
	}
	return 0;
}

static int make_dir(struct cgroup *cg, unsigned i, const struct spec_limits *limits,
		    unsigned best_effort)
{
	struct cgroup_dir *dir = &cg->dir[i];
	int err;

	cgroup_sweep(dir->parent);
	err = i == 0 ? hand_down(cg) : 0;
	if (err)
		return err;
	dir->fd = make_group(dir->parent, cg->name);
	if (dir->fd < 0)
		return log_errno(dir->fd, "cannot make the cgroup %s/%s", dir->path, cg->name);
	err = set_limits(cg, i, limits, best_effort);
	if (err || i)
		return err;
	/* So that what the sandbox may make below can be removed by a bounded recursion. */
	(void)cgroup_write(dir->fd, "cgroup.max.depth", DEPTH);
	cg->inner = mkdirat(dir->fd, inner, 0755) < 0 ? -errno : open_group(dir->fd, inner);
	return cg->inner < 0 ? log_errno(cg->inner, "cannot make the cgroup %s/%s/%s", dir->path,
					 cg->name, inner)
			     : 0;
}

int cgroup_make(struct cgroup *cg, const struct spec_limits *limits, unsigned best_effort)
{
	const unsigned wanted = limits_wanted(limits);
	int err;

	*cg = (struct cgroup){ .inner = -1 };
	for (unsigned i = 0; i < CGROUP_DIRS; i++)
		cg->dir[i].fd = -1;
	if (!wanted)
		return 0;
	err = cgroup_find(cg, wanted, best_effort);
	if (!err && cg->dropped == wanted)
		return 0;
	(void)snprintf(cg->name, sizeof(cg->name), CGROUP_PREFIX "%d-%" PRIu64, getpid(),
		       sys_now_ms());
	if (!err) {
		/* Before there is anything to remove: we may be killed at any moment. */
		err = cgroup_guard_start(cg);
		if (err)
			(void)log_errno(err, "cannot start the guard of the cgroups");
	}
	for (unsigned i = 0; i < CGROUP_DIRS && !err; i++) {
		if (cg->dir[i].limits)
			err = make_dir(cg, i, limits, best_effort);
	}
	if (err)
		cgroup_remove(cg);
	return err;
}

bool cgroup_used(const struct cgroup *cg)
{
	unsigned limits = 0;

	for (unsigned i = 0; i < CGROUP_DIRS; i++)
		limits |= cg->dir[i].limits;
	return limits;
}

int cgroup_into(const struct cgroup *cg)
{
	return cg->inner;
}

int cgroup_join(const struct cgroup *cg)
{
	for (unsigned i = 1; i < CGROUP_DIRS; i++) {
		const struct cgroup_dir *dir = &cg->dir[i];
		int err = dir->limits ? cgroup_write(dir->fd, "cgroup.procs", "0") : 0;

		if (err)
			return log_errno(err, "cannot join the cgroup %s/%s", dir->path, cg->name);
	}
	return 0;
}

unsigned cgroup_fds(const struct cgroup *cg, int fds[CGROUP_FDS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		if (!cg->dir[i].limits)
			continue;
		fds[n++] = cg->dir[i].parent;
		fds[n++] = cg->dir[i].fd;
	}
	if (cg->inner >= 0)
		fds[n++] = cg->inner;
	return n;
}

/* The number in a file, after a word at the start of a line if there is one. 0: not known. */
static uint64_t read_number(int group, const char *file, const char *word)
{
	const size_t len = word ? strlen(word) : 0;
	char text[1024];
	char *at = text;

	if (cgroup_read_file(group, file, text, sizeof(text)) <= 0)
		return 0;
	while (len && (strncmp(at, word, len) || at[len] != ' ')) {
		at = strchr(at, '\n');
		if (!at)
			return 0;
		at++;
	}
	return strtoull(at + len, NULL, 10);
}

static void read_dir(const struct cgroup_dir *dir, bool v2, struct cgroup_usage *usage)
{
	static const char *const files[2][LIMIT_KINDS] = {
		{ "memory.limit_in_bytes", "pids.max", "cpu.cfs_quota_us" },
		{ "memory.max", "pids.max", "cpu.max" },
	};

	for (unsigned i = 0; i < LIMIT_KINDS; i++) {
		if ((dir->limits >> i & 1) && faccessat(dir->fd, files[v2][i], F_OK, 0) < 0)
			usage->lost |= 1U << i;
	}
	if (dir->limits & LIMIT_MEMORY) {
		usage->memory_peak = read_number(
			dir->fd, v2 ? "memory.peak" : "memory.max_usage_in_bytes", NULL);
		usage->oom_kills = read_number(dir->fd, v2 ? "memory.events" : "memory.oom_control",
					       "oom_kill");
	}
	if (dir->limits & LIMIT_PIDS) {
		usage->pids_peak = read_number(dir->fd, "pids.peak", NULL);
		usage->forks_denied = read_number(dir->fd, "pids.events", "max");
	}
	if (v2)
		usage->cpu_usec = read_number(dir->fd, "cpu.stat", "usage_usec");
	else if (dir->limits & LIMIT_CPUS)
		usage->cpu_usec = read_number(dir->fd, "cpuacct.usage", NULL) / 1000;
}

void cgroup_release(struct cgroup *cg)
{
	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		struct cgroup_dir *dir = &cg->dir[i];

		if (!dir->limits)
			continue;
		if (dir->fd >= 0)
			(void)close(dir->fd);
		(void)close(dir->parent);
		free(dir->path);
		*dir = (struct cgroup_dir){ .fd = -1 };
	}
	if (cg->inner >= 0)
		(void)close(cg->inner);
	cg->inner = -1;
}

void cgroup_read(const struct cgroup *cg, struct cgroup_usage *usage)
{
	*usage = (struct cgroup_usage){ 0 };
	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		if (cg->dir[i].limits)
			read_dir(&cg->dir[i], i == 0, usage);
	}
}

void cgroup_remove(struct cgroup *cg)
{
	if (cgroup_tree_remove(cg, AT_ONCE_MS)) {
		cgroup_guard_stop(cg);
		cgroup_go_home(cg, AT_ONCE_MS);
	}
	cgroup_release(cg);
}
