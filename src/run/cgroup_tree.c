/* The end of control groups. Removes nothing but groups of the names that cgroup.c gives. */
#include "cgroup_tree.h"

#include "cgroup_find.h"
#include "sys.h"
#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_MS = 10, LEVELS = 64 };

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
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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

/* v2 tells when the last process has left. */
static void await_empty(int group, int ms)
{
	struct pollfd event = { .fd = openat(group, "cgroup.events", O_RDONLY | O_CLOEXEC),
				.events = POLLPRI };
	char text[128];
	ssize_t n = event.fd < 0 ? 0 : read(event.fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	if (strstr(text, "populated 1"))
		(void)poll(&event, 1, ms);
	else
		(void)poll(NULL, 0, STEP_MS);
	if (event.fd >= 0)
		(void)close(event.fd);
}

/* v1 tells nothing, but each process does. */
static void await_process(int group, int ms)
{
	char text[32];
	ssize_t n = cgroup_read_file(group, "cgroup.procs", text, sizeof(text));
	int pid = n > 0 ? atoi(text) : 0;
	struct pollfd gone = { .fd = pid > 0 ? sys_pidfd_open(pid) : -1, .events = POLLIN };

	(void)poll(&gone, gone.fd >= 0, gone.fd < 0 || (ms >= 0 && ms < STEP_MS) ? STEP_MS : ms);
	if (gone.fd >= 0)
		(void)close(gone.fd);
}

static bool remove_one(const struct cgroup *cg, unsigned i, int patience_ms)
{
	const struct cgroup_dir *dir = &cg->dir[i];
	const uint64_t until = sys_now_ms() + (unsigned)patience_ms;
	bool killed = false;
	int left = patience_ms, group;

	while (remove_groups(dir->parent, cg->name, LEVELS) == -EBUSY) {
		if (patience_ms >= 0) {
			uint64_t now = sys_now_ms();

			if (now >= until)
				return false;
			left = (int)(until - now);
		}
		group = open_group(dir->parent, cg->name);
		if (group < 0)
			continue;
		if (!killed && i == 0)
			(void)cgroup_write(group, "cgroup.kill", "1"); /* Linux 5.14 */
		killed = true;
		if (i == 0)
			await_empty(group, left);
		else
			await_process(group, left);
		(void)close(group);
	}
	return true;
}

bool cgroup_tree_remove(const struct cgroup *cg, int patience_ms)
{
	bool all = true;

	for (unsigned i = 0; i < CGROUP_DIRS; i++) {
		if (cg->dir[i].limits)
			all = remove_one(cg, i, patience_ms) && all;
	}
	return all;
}

void cgroup_go_home(const struct cgroup *cg)
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
	(void)cgroup_write(home, "cgroup.procs", "0");
	(void)snprintf(name, sizeof(name), "%s%s", cg->name, CGROUP_LAUNCHER);
	(void)unlinkat(home, name, AT_REMOVEDIR);
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
	cgroup_go_home(cg);
	_exit(0);
}

int cgroup_guard_start(struct cgroup *cg)
{
	int self = sys_pidfd_open(getpid());
	long pid;

	if (self < 0)
		return self;
		/* No signal at its end, so that the launcher's loop doesn't see it as a child. */
#if defined(__s390__) || defined(__CRIS__)
	pid = syscall(SYS_clone, NULL, 0, NULL, NULL, 0);
#else
	pid = syscall(SYS_clone, 0, NULL, NULL, NULL, 0);
#endif
	if (pid == 0)
		be_guard(cg, self);
	(void)close(self);
	if (pid < 0)
		return -errno;
	cg->guard = (pid_t)pid;
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
