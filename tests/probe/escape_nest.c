/* What namespaces of its own give to an agent: capabilities there, and file systems to mount. */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who has the host's uid 0 may not map it (user_namespaces(7), Linux 5.12), and is root anyway. */
static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || (write(fd, text, strlen(text)) < 0 && errno != EPERM))
		trouble("cannot write %s", path);
	close(fd);
}

static int enter(int more)
{
	char map[32];
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more))
		return -1;
	put("/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
	return 0;
}

/* become-root: as anybody may, in a user and a mount namespace of one's own */
int verb_become_root(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return enter(0);
}

/* nest: the same with all namespaces; the rest of the words happens in a child */
int verb_nest(int argc, char **argv)
{
	int status;
	pid_t pid;

	(void)argc;
	(void)argv;
	if (enter(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP))
		return -1;
	pid = fork();
	if (pid <= 0)
		return pid;
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : PROBE_TROUBLE);
}

struct found {
	int looked, written;
	char first[256];
};

static bool try_write(const char *path, int type, void *arg)
{
	struct found *found = arg;
	int fd;

	if (type != 8 /* DT_REG */)
		return true;
	found->looked++;
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return true;
	close(fd);
	if (!found->written++)
		(void)snprintf(found->first, sizeof(found->first), " %s", path);
	return true;
}

/* fresh: file systems of the kernel's, mounted anew; what in them can be written that is the
 * host's */
int verb_fresh(int argc, char **argv)
{
	static const struct {
		const char *type, *options, *below; /* where the host's things are */
	} kinds[] = {
		{ "proc", NULL, "/sys" }, { "sysfs", NULL, "/kernel" }, { "cgroup2", NULL, "" },
		{ "cgroup", "pids", "" }, { "cgroup", "freezer", "" },  { "debugfs", NULL, "" },
		{ "tracefs", NULL, "" },  { "securityfs", NULL, "" },   { "binfmt_misc", NULL, "" },
		{ "bpf", NULL, "" },      { "devtmpfs", NULL, "" },     { "efivarfs", NULL, "" },
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct found found = { 0 };
		char key[64], path[64], below[96];

		(void)snprintf(path, sizeof(path), "/tmp/fresh-%zu", i);
		(void)snprintf(key, sizeof(key), "fresh.%s%s%s", kinds[i].type,
			       kinds[i].options ? "." : "",
			       kinds[i].options ? kinds[i].options : "");
		(void)mkdir(path, 0777);
		if (mount("fresh", path, kinds[i].type, 0, kinds[i].options)) {
			fact(key, -1);
			continue;
		}
		(void)snprintf(below, sizeof(below), "%s%s", path, kinds[i].below);
		walk(below, try_write, &found);
		say("%s=ok %d of %d%s", key, found.written, found.looked, found.first);
	}
	return 0;
}
