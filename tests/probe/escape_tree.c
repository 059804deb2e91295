/* Files: what can be written, opened or seen that isn't the sandbox's own. */
#include "escape.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct count {
	int looked, found;
	char first[512];
};

/* Directories as well; a tree that changes meanwhile is looked at as it is. */
void walk(const char *path, walk_fn *each, void *arg)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char name[PATH_MAX];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) >= (int)sizeof(name))
			continue;
		if (!each(name, entry->d_type, arg))
			continue;
		if (entry->d_type == DT_DIR)
			walk(name, each, arg);
	}
	if (dir)
		closedir(dir);
}

static void found(struct count *count, const char *path)
{
	size_t len = strlen(count->first);

	if (count->found++ < 8)
		(void)snprintf(count->first + len, sizeof(count->first) - len, " %s", path);
}

/* The processes' own files are no business of others, and theirs are tried by name. */
static bool is_process(const char *path)
{
	const char *name;

	if (strncmp(path, "/proc/", 6) != 0)
		return false;
	name = path + 6;
	return strspn(name, "0123456789") > 0 || !strcmp(name, "self") ||
	       !strcmp(name, "thread-self");
}

static bool count_writable(const char *path, int type, void *arg)
{
	struct count *count = arg;
	int fd;

	if (is_process(path))
		return false;
	if (type != DT_REG)
		return true;
	count->looked++;
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		found(count, path);
		close(fd);
	}
	return true;
}

static bool count_blocks(const char *path, int type, void *arg)
{
	struct count *count = arg;

	count->looked++;
	if (type == DT_BLK)
		found(count, path);
	return true;
}

/* Names that only a device driver of the host stands behind. */
static bool count_devices(const char *path, int type, void *arg)
{
	static const char own[] = " null zero full random urandom tty console ptmx ";
	struct count *count = arg;
	char name[NAME_MAX + 3];
	struct stat st;

	(void)snprintf(name, sizeof(name), " %s ", strrchr(path, '/') + 1);
	if (type == DT_CHR && !strstr(own, name) && !stat(path, &st) && st.st_rdev >> 8 != 136)
		found(count, path);
	return true;
}

static void say_count(const char *key, const struct count *count)
{
	say("%s=%d%s", key, count->found, count->first);
}

static void writable_facts(void)
{
	/* Where a kernel listens. /sys has tens of thousands more, all on the same mount. */
	static const char *const trees[] = { "/proc", "/sys/fs", "/sys/kernel", "/sys/power",
					     "/sys/module" };
	char key[64];

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		struct count count = { 0 };

		walk(trees[i], count_writable, &count);
		(void)snprintf(key, sizeof(key), "writable.%s", trees[i]);
		say_count(key, &count);
		(void)snprintf(key, sizeof(key), "looked.%s", trees[i]);
		say("%s=%d", key, count.looked);
	}
}

static void open_facts(void)
{
	static const char *const written[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/modprobe",
		"/proc/sys/kernel/hotplug",
		"/proc/sys/kernel/poweroff_cmd",
		"/proc/sys/fs/binfmt_misc",
		"/proc/sys/vm/panic_on_oom",
		"/proc/sys/kernel/ns_last_pid",
		"/proc/sys/user/max_user_namespaces",
		"/proc/sysrq-trigger",
		"/proc/kcore",
		"/proc/kmem",
		"/proc/mtrr",
		"/proc/irq/default_smp_affinity",
		"/proc/timer_list",
		"/sys/kernel/uevent_helper",
		"/sys/kernel/uevent_seqnum",
		"/sys/power/state",
	};
	static const char *const read[] = { "/proc/kcore",      "/proc/kmsg", "/proc/kpagecount",
					    "/proc/kpageflags", "/dev/mem",   "/dev/kmsg",
					    "/dev/port" };
	char key[128];

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		(void)snprintf(key, sizeof(key), "write.%s", written[i]);
		fact_fd(key, open(written[i], O_WRONLY | O_CLOEXEC));
	}
	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
		char byte;
		int fd = open(read[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		(void)snprintf(key, sizeof(key), "read.%s", read[i]);
		/* What is masked can be opened and is empty. */
		if (fd >= 0)
			say("%s=%s", key, pread(fd, &byte, 1, 0) == 0 ? "empty" : "ok");
		else
			fact(key, -1);
		if (fd >= 0)
			close(fd);
	}
}

/* Field n (from 1) of a line of mountinfo, and its per-mount options. */
static void mount_fields(char *line, char **point, char **options)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);

	for (int n = 1; word; n++, word = strtok_r(NULL, " ", &save)) {
		if (n == 5)
			*point = word;
		else if (n == 6)
			*options = word;
		if (n == 6)
			return;
	}
}

static bool has_option(const char *options, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = options; (at = strstr(at, name)); at += len) {
		if ((at == options || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

/* Propagation is told by the optional fields, "shared:N" or "master:N". */
static void mount_facts(void)
{
	struct count nosuid = { 0 }, nodev = { 0 }, rw = { 0 }, shared = { 0 };
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		char *point = NULL, *options = NULL;
		bool propagates = strstr(line, " shared:") || strstr(line, " master:");

		mount_fields(line, &point, &options);
		if (!options)
			continue;
		if (propagates)
			found(&shared, point);
		if (!strncmp(point, "/dev", 4))
			continue;
		if (!has_option(options, "nosuid"))
			found(&nosuid, point);
		if (!has_option(options, "nodev"))
			found(&nodev, point);
		if (has_option(options, "rw"))
			found(&rw, point);
	}
	if (file)
		(void)fclose(file);
	say_count("mounts.suid", &nosuid);
	say_count("mounts.dev", &nodev);
	say_count("mounts.rw", &rw);
	say_count("mounts.propagate", &shared);
}

void tree_facts(void)
{
	struct count blocks = { 0 }, devices = { 0 };
	char line[256] = "none";
	FILE *file;

	open_facts();
	writable_facts();
	walk("/dev", count_blocks, &blocks);
	say_count("devices.block", &blocks);
	walk("/dev", count_devices, &devices);
	say_count("devices.other", &devices);
	mount_facts();
	file = fopen("/proc/self/cgroup", "re");
	for (int n = 0; file && fgets(line, sizeof(line), file); n++) {
		line[strcspn(line, "\n")] = '\0';
		/* A path that isn't the root of our namespace tells of, or leads, outside. */
		if (strcmp(strrchr(line, ':'), ":/") != 0)
			say("cgroup.outside=%s", line);
	}
	if (file)
		(void)fclose(file);
}
