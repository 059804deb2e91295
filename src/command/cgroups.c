/* Which limits can be set by cgroups: a cgroup is made below ours and removed at once. */
#include "check.h"

#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const controllers[] = { "memory", "pids", "cpu" };

/* Whether word stands in a list. */
static bool among(const char *word, const char *list, const char *separators)
{
	size_t len = strlen(word);

	while (*(list += strspn(list, separators))) {
		size_t n = strcspn(list, separators);

		if (n == len && !strncmp(list, word, n))
			return true;
		list += n;
	}
	return false;
}

/* Our path in the hierarchy with that controller, "" for version 2 (cgroups(7):
 * id:controllers:path). */
static bool own_path(const char *controller, char *path, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (file && !found && getline(&line, &room, file) > 0) {
		char *list = strchr(line, ':');
		char *at = list ? strchr(list + 1, ':') : NULL;

		if (!at)
			continue;
		*at++ = '\0';
		found = *controller ? among(controller, list + 1, ",") : !list[1];
		at[strcspn(at, "\n")] = '\0';
		found = found && snprintf(path, size, "%s", at) < (int)size;
	}
	free(line);
	if (file)
		(void)fclose(file);
	return found;
}

/* Where that hierarchy is mounted: the point, and which part of it is there. */
static bool find_mount(const char *controller, char *root, char *point, size_t size)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (file && !found && getline(&line, &room, file) > 0) {
		char *tail = strstr(line, " - "), *rest = line, *word[5], *super;

		if (!tail)
			continue;
		tail[0] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(word); i++)
			word[i] = strsep(&rest, " ");
		tail += 3;
		tail[strcspn(tail, "\n")] = '\0';
		super = strrchr(tail, ' ');
		if (!word[4] || !super)
			continue;
		found = *controller ? util_after(tail, "cgroup ") && among(controller, super, " ,")
				    : util_after(tail, "cgroup2 ") != NULL;
		found = found && snprintf(root, size, "%s", word[3]) < (int)size &&
			snprintf(point, size, "%s", word[4]) < (int)size;
	}
	free(line);
	if (file)
		(void)fclose(file);
	return found;
}

/* The directory of our own cgroup. -ENOENT if it isn't to be seen. */
static int own_cgroup(const char *controller, char *dir, size_t size)
{
	char path[PATH_MAX], root[PATH_MAX], point[PATH_MAX];
	const char *below = path;

	if (!own_path(controller, path, sizeof(path)) ||
	    !find_mount(controller, root, point, sizeof(root)))
		return -ENOENT;
	if (strcmp(root, "/")) {
		below = util_after(path, root);
		/* In a cgroup namespace the root of the mount may be above it: "/..". */
		if (!below)
			return -ENOENT;
	}
	return snprintf(dir, size, "%s%s", point, strcmp(below, "/") ? below : "") < (int)size
		       ? 0
		       : -ENAMETOOLONG;
}

/* Make one and let it go. Who may do that may move a process there, if that file is writable too.
 */
static int try_cgroup(const char *dir)
{
	char path[PATH_MAX + 64];
	int err = 0;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	if (access(path, W_OK) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "%s/cradle-doctor-%d", dir, (int)getpid());
	if (mkdir(path, 0755) < 0)
		return -errno;
	if (rmdir(path) < 0)
		err = -errno;
	return err;
}

/* Those of ours that a file of the directory lists. Returns how many. */
static int list_ours(const char *dir, const char *name, char text[32])
{
	char path[PATH_MAX + 64], line[512] = "";
	int n = 0;
	FILE *file;

	text[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	(void)!fgets(line, sizeof(line), file);
	(void)fclose(file);
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (!among(controllers[i], line, " \n"))
			continue;
		(void)snprintf(text + strlen(text), 32 - strlen(text), "%s%s", n++ ? ", " : "",
			       controllers[i]);
	}
	return n;
}

/* Returns whether all three can be limited there. */
static bool check_version2(struct doctor *doctor)
{
	char dir[PATH_MAX], other[PATH_MAX], list[32], text[PATH_MAX + 128];
	int err = own_cgroup("", dir, sizeof(dir));
	int n = err ? 0 : list_ours(dir, "cgroup.controllers", list);

	if (!err && n == 0 && own_cgroup("memory", other, sizeof(other)) == 0) {
		check_tell(doctor, "cgroup v2", CHECK_WARN, 0, "the controllers are in cgroup v1",
			   "boot with systemd.unified_cgroup_hierarchy=1");
		return false;
	}
	if (!err)
		err = try_cgroup(dir);
	if (err) {
		check_step(doctor, "cgroup v2", CHECK_WARN, WHY_CGROUP, err, 0);
	} else if (n == 0) {
		check_tell(doctor, "cgroup v2", CHECK_WARN, 0,
			   "no controller is passed on to our cgroup",
			   "Delegate=yes in the unit around us");
	} else {
		(void)snprintf(text, sizeof(text), "%s in %s", list, dir);
		check_tell(doctor, "cgroup v2", CHECK_OK, 0, text, NULL);
	}
	return !err && n == ARRAY_SIZE(controllers);
}

/* On a hybrid host: what version 2 lacks. */
static void check_version1(struct doctor *doctor)
{
	char dir[PATH_MAX], text[64] = "";
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		int one = own_cgroup(controllers[i], dir, sizeof(dir));

		if (!one)
			one = try_cgroup(dir);
		if (!one)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				       *text ? ", " : "", controllers[i]);
		else if (one != -ENOENT)
			err = one;
	}
	if (*text)
		check_tell(doctor, "cgroup v1", CHECK_OK, 0, text, NULL);
	else if (err == -EROFS)
		check_step(doctor, "cgroup v1", CHECK_WARN, WHY_CGROUP, err, 0);
	else if (err)
		check_tell(doctor, "cgroup v1", CHECK_WARN, err,
			   "our cgroups aren't ours to change",
			   "boot with systemd.unified_cgroup_hierarchy=1, or use --rlimit");
}

void check_cgroups(struct doctor *doctor)
{
	if (!check_version2(doctor))
		check_version1(doctor);
}
