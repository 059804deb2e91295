/* --overlay-tmp-root. May read the host's mounts and directories. */
#include "layered.h"

#include "log.h"
#include "mountinfo.h"
#include "sys.h"
#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOUNTINFO_MAX = 1 << 20 };

struct walk {
	struct plan *plan;
	char *points;
};

/* What has its own in a sandbox. */
static bool is_replaced(const char *path)
{
	static const char *const paths[] = { "/dev", "/proc", "/run", "/tmp" };

	for (unsigned i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!strcmp(path, paths[i]))
			return true;
	}
	return false;
}

/* Leaves of the table where things are mounted, each with a NUL, and one more. */
static void keep_points(char *table)
{
	char *to = table, *line;
	struct mountinfo mount;

	while ((line = strsep(&table, "\n"))) {
		if (!mountinfo_parse(line, &mount))
			continue;
		memmove(to, mount.at, strlen(mount.at) + 1);
		to += strlen(to) + 1;
	}
	*to = '\0';
}

static bool has_mount_below(const struct walk *w, const char *path)
{
	size_t len = strcmp(path, "/") ? strlen(path) : 0;

	for (const char *at = w->points; *at; at += strlen(at) + 1) {
		if (!strncmp(at, path, len) && at[len] == '/' && at[len + 1])
			return true;
	}
	return false;
}

static int add(struct walk *w, enum op_kind kind, const char *source, const char *path)
{
	struct op *op = plan_add(w->plan, kind, source, path);

	if (!op)
		return -ENOMEM;
	op->flags = OP_DEFAULT;
	if (kind == OP_BIND)
		op->flags |= OP_RO | OP_TRY;
	if (kind != OP_OVERLAY)
		return 0;
	if (plan_add_layer(w->plan, path))
		return -ENOMEM;
	op->layer = w->plan->nlayers - 1;
	op->nlayers = 1;
	w->plan->layer_pending = 0;
	return 0;
}

static int walk(struct walk *w, const char *dir);

/* The path is the plan's from here on. */
static int visit(struct walk *w, char *path)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int err;

	if (is_replaced(path) || lstat(path, &st) < 0) {
		free(path);
		return 0;
	}
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		return add(w, OP_SYMLINK, strdup(target), path);
	}
	/* /sys and the like are no layers; nor is a file. */
	if (!S_ISDIR(st.st_mode) || !strcmp(path, "/sys"))
		return add(w, OP_BIND, path, path);
	if (!has_mount_below(w, path))
		return add(w, OP_OVERLAY, NULL, path);
	err = add(w, OP_DIR, NULL, path);
	if (err)
		return err;
	w->plan->op[w->plan->nops - 1].perms = (int)(st.st_mode & 07777);
	return walk(w, path);
}

static int walk(struct walk *w, const char *dir)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	int err = 0;

	/* What we can't read, the agent can't either. */
	if (!entries)
		return 0;
	while (!err && (entry = readdir(entries))) {
		char *path;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&path, "%s/%s", strcmp(dir, "/") ? dir : "", entry->d_name) < 0)
			err = -ENOMEM;
		else
			err = visit(w, path);
	}
	(void)closedir(entries);
	return err;
}

int layered_root(struct plan *plan)
{
	struct walk w = { .plan = plan, .points = malloc(MOUNTINFO_MAX) };
	unsigned before = plan->nops;
	int err = w.points ? 0 : -ENOMEM;

	if (!err && sys_read_file("/proc/self/mountinfo", w.points, MOUNTINFO_MAX) < 0)
		err = -EIO;
	if (!err) {
		keep_points(w.points);
		err = walk(&w, "/");
	}
	if (!err)
		err = plan_to_front(plan, before);
	free(w.points);
	return err ? log_errno(err, "cannot plan layers over the host's tree") : 0;
}
