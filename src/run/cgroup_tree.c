/* The end of control groups. Removes nothing but groups of the names that cgroup.c gives. */
#include "cgroup_tree.h"

#include "cgroup_find.h"
#include "sys.h"
#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_MS = 10, IDLE_TRIES = 500, LEVELS = 64 /* more than cgroup.max.depth allows */ };

int cgroup_write(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	return err;
}

static int open_group(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* With what the sandbox made below, which it may where it has its part of the tree. */
static int remove_groups(int parent, const char *name, unsigned levels)
{
	int err = unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
	struct dirent *entry;
	DIR *dir;
	int fd;

	if (err != -EBUSY || !levels)
		return err;
	fd = open_group(parent, name);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			(void)remove_groups(dirfd(dir), entry->d_name, levels - 1);
	}
	(void)closedir(dir);
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

void cgroup_sweep(int parent)
{
	int fd = open_group(parent, ".");
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		int group;

		if (!util_after(entry->d_name, CGROUP_PREFIX))
			continue;
		group = open_group(parent, entry->d_name);
		if (group < 0)
			continue;
		/* Whoever makes a group holds this lock while he lives. Nothing is killed: a group
		 * in which somebody still is can't be removed. */
		if (flock(group, LOCK_EX | LOCK_NB) == 0)
			(void)remove_groups(parent, entry->d_name, LEVELS);
		(void)close(group);
	}
	(void)closedir(dir);
}

/* v2 tells when the last process has left. True if one was there. */
static bool await_empty(int group, int ms)
{
	struct pollfd event = { .fd = openat(group, "cgroup.events", O_RDONLY | O_CLOEXEC),
				.events = POLLPRI };
	char text[128];
	ssize_t n = event.fd < 0 ? 0 : read(event.fd, text, sizeof(text) - 1);
	bool populated;

	text[n > 0 ? n : 0] = '\0';
	populated = strstr(text, "populated 1");
	if (populated)
		(void)poll(&event, 1, ms);
	if (event.fd >= 0)
		(void)close(event.fd);
	return populated;
}

/* v1 tells nothing, but each process does. */
static bool await_process(int group, int ms)
{
	char text[32];
	ssize_t n = cgroup_read_file(group, "cgroup.procs", text, sizeof(text));
	int pid = n > 0 ? atoi(text) : 0;
	struct pollfd gone = { .fd = pid > 0 ? sys_pidfd_open(pid) : -1, .events = POLLIN };

	if (gone.fd < 0)
		return false;
	(void)poll(&gone, 1, ms);
	(void)close(gone.fd);
	return true;
}

/* Returns true when nothing is left of it, false when that took too long, or can't be. */
static bool remove_patiently(int parent, const char *name, bool v2, int patience_ms)
{
	const uint64_t until = sys_now_ms() + (unsigned)patience_ms;
	int left = patience_ms, idle = 0;

	while (remove_groups(parent, name, LEVELS) == -EBUSY) {
		int group = open_group(parent, name);
		bool populated;

		if (patience_ms >= 0)
			left = (int)((int64_t)until - (int64_t)sys_now_ms());
		if (group < 0 || (patience_ms >= 0 && left <= 0)) {
			if (group >= 0)
				(void)close(group);
			return group == -ENOENT;
		}
		if (v2)
			(void)cgroup_write(group, "cgroup.kill", "1"); /* Linux 5.14 */
		populated = v2 ? await_empty(group, left) : await_process(group, left);
		(void)close(group);
		/* What just died is still counted for a moment; a group of somebody else's below,
		 * which we may not remove, stays for ever. */
		if (!populated && ++idle > IDLE_TRIES)
			return false;
		if (!populated)
			(void)poll(NULL, 0, STEP_MS);
	}
	return true;
}

bool cgroup_tree_remove(const struct cgroup *cg, int patience_ms)
{
	bool all = true;

	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		const struct cgroup_dir *dir = &cg->dir[i];

		if (dir->limits)
			all = remove_patiently(dir->parent, cg->name, i == 0, patience_ms) && all;
	}
	return all;
}

void cgroup_go_home(const struct cgroup *cg, int patience_ms)
{
	const int home = cg->dir[0].parent;
	char name[sizeof(cg->name) + sizeof(CGROUP_LAUNCHER)];

	if (!cg->alone)
		return;
	for (unsigned bit = 1; bit < 1U << LIMIT_KINDS; bit <<= 1) {
		char word[16];

		if (!(cg->enable & bit))
			continue;
		(void)snprintf(word, sizeof(word), "-%s", cgroup_controller(bit));
		(void)cgroup_write(home, "cgroup.subtree_control", word);
	}
	/* Never kill a group that we are in. */
	if (cgroup_write(home, "cgroup.procs", "0"))
		return;
	(void)snprintf(name, sizeof(name), "%s%s", cg->name, CGROUP_LAUNCHER);
	/* Who is still in there is a helper of a launcher that is dead or about to end. */
	(void)remove_patiently(home, name, true, patience_ms);
}

/* In no pipe, terminal, directory or process group of anybody's: it holds up nobody, and isn't
 * killed with its launcher by kill(-pgrp). All signals are blocked. */
static _Noreturn void be_guard(const struct cgroup *cg, int launcher)
{
	struct pollfd gone = { .fd = launcher, .events = POLLIN };
	int keep[CGROUP_DIRS + 1];
	unsigned n = 0;

	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		if (cg->dir[i].limits)
			keep[n++] = cg->dir[i].parent;
	}
	keep[n++] = launcher;
	util_sort(keep, n);
	sys_close_above_2(keep, n);
	for (int fd = 0; fd <= 2; fd++)
		(void)close(fd);
	(void)setsid();
	(void)!chdir("/");
	(void)prctl(PR_SET_NAME, "cradle-guard");
	while (poll(&gone, 1, -1) <= 0)
		;
	(void)cgroup_tree_remove(cg, -1);
	cgroup_go_home(cg, -1);
	_exit(0);
}

int cgroup_guard_start(struct cgroup *cg)
{
	int self = sys_pidfd_open(getpid());
	pid_t pid;

	if (self < 0)
		return self;
	/* No signal at its end, so that the launcher's loop doesn't see it as a child. */
	pid = sys_clone(0, NULL);
	if (pid == 0)
		be_guard(cg, self);
	(void)close(self);
	if (pid < 0)
		return pid;
	cg->guard = pid;
	return 0;
}

void cgroup_guard_stop(struct cgroup *cg)
{
	if (cg->guard <= 0)
		return;
	(void)sys_kill(cg->guard, SIGKILL);
	(void)waitpid(cg->guard, NULL, __WALL);
	cg->guard = 0;
}
