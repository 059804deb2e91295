/* Where a control group is: lines of /proc/self/cgroup and mountinfo. */
#include "cgroup_read.h"
#include "limited.h"
#include "tap.h"
#include "util.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *line, *controller, *own;
} groups[] = {
	{ "0::/\n", "", "/" },
	{ "0::/user.slice/a b/x:y\n", "", "/user.slice/a b/x:y" },
	{ "0::/gone (deleted)\n", "", "/gone (deleted)" },
	{ "0::/\n", "memory", NULL },
	{ "4:memory:/a/b\n", "memory", "/a/b" },
	{ "4:memory:/a/b\n", "", NULL },
	{ "4:memory:/a/b\n", "mem", NULL },
	{ "5:cpu,cpuacct:/x\n", "cpu", "/x" },
	{ "5:cpuset:/x\n", "cpu", NULL },
	{ "9:name=systemd:/x\n", "", NULL },
	{ "garbage\n", "", NULL },
	{ "0:\n", "", NULL },
	{ "", "", NULL },
};

static const struct {
	const char *line, *controller, *own, *path;
} mounts[] = {
	{ "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n", "",
	  "/", "/sys/fs/cgroup" },
	{ "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n", "", "/user/leaf",
	  "/sys/fs/cgroup/user/leaf" },
	{ "30 23 0:26 / /sys/fs/cgroup rw shared:1 master:2 - cgroup2 none rw\n", "", "/a",
	  "/sys/fs/cgroup/a" },
	{ "30 23 0:26 /user /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "/user/leaf",
	  "/sys/fs/cgroup/leaf" },
	{ "30 23 0:26 /user /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "/user",
	  "/sys/fs/cgroup" },
	{ "30 23 0:26 /user /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "/username/leaf", NULL },
	{ "30 23 0:26 /other /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "/user/leaf", NULL },
	{ "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "/../elsewhere", NULL },
	{ "30 23 0:26 / /a\\040dir/b\\134c rw - cgroup2 cgroup2 rw\n", "", "/x", "/a dir/b\\c/x" },
	{ "30 23 0:26 / /sys/fs/cgroup rw - cgroup2  rw\n", "", "/a", "/sys/fs/cgroup/a" },
	{ "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "memory", "/a", NULL },
	{ "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "memory", "/a",
	  "/sys/fs/cgroup/memory/a" },
	{ "35 31 0:32 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n", "cpu", "/",
	  "/sys/fs/cgroup/cpu,cpuacct" },
	{ "35 31 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n", "cpu", "/", NULL },
	{ "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "", "/", NULL },
	{ "22 1 8:1 / / rw - ext4 /dev/memory rw,memory\n", "memory", "/", NULL },
	{ "22 1 8:1 / /mnt/-\\040-\\040cgroup2 rw - ext4 /dev/sda rw\n", "", "/", NULL },
	{ "22 1 8:1 / / rw\n", "", "/", NULL },
	{ "", "", "/", NULL },
};

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void check_json(void)
{
	const struct cgroup_usage usage = { .memory_peak = 4096, .oom_kills = 1, .cpu_usec = 77 };
	char text[256];

	tap_ok(same(limited_json(&usage, text, sizeof(text)),
		    "\"cgroup\": { \"memory-peak\": 4096, \"pids-peak\": 0, \"cpu-us\": 77, "
		    "\"oom-kills\": 1, \"forks-denied\": 0 }"),
	       "usage is told, with 0 for what isn't known");
}

int main(void)
{
	char line[256];

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		(void)snprintf(line, sizeof(line), "%s", groups[i].line);
		tap_ok(same(cgroup_own(line, groups[i].controller), groups[i].own),
		       "own group of \"%s\" in line %zu", groups[i].controller, i + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		struct mountinfo mount;
		char *path = NULL;

		(void)snprintf(line, sizeof(line), "%s", mounts[i].line);
		if (cgroup_mount(line, mounts[i].controller, &mount))
			path = cgroup_path(&mount, mounts[i].own);
		tap_ok(same(path, mounts[i].path), "%s of \"%s\" by mount %zu", mounts[i].own,
		       mounts[i].controller, i + 1);
		free(path);
	}
	check_json();
	return tap_done();
}
