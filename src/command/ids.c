/* Ranges of ids: who gives them to us, and whether newuidmap(1) really maps one, tried on a user
 * namespace that ends with the try. */
#include "check.h"

#include "helper.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct range {
	unsigned long long start, count;
};

/* The name of a uid in /etc/passwd; getpwuid(3) may load modules. */
static bool user_name(uid_t uid, char *name, size_t size)
{
	FILE *file = fopen("/etc/passwd", "re");
	char line[1024];
	bool found = false;
	unsigned id;

	while (file && !found && fgets(line, sizeof(line), file)) {
		size_t len = strcspn(line, ":");

		found = len < size && sscanf(line + len, ":%*[^:]:%u:", &id) == 1 && id == uid;
		if (found)
			(void)snprintf(name, size, "%.*s", (int)len, line);
	}
	if (file)
		(void)fclose(file);
	return found;
}

/* subuid(5): by name or by uid; subgid(5) too goes by the user, not by the group. The first one. */
static bool find_range(const char *path, uid_t uid, struct range *range)
{
	FILE *file = fopen(path, "re");
	char line[1024], name[256] = "", number[16];
	bool found = false;

	(void)user_name(uid, name, sizeof(name));
	(void)snprintf(number, sizeof(number), "%u", uid);
	while (file && !found && fgets(line, sizeof(line), file)) {
		size_t len = strcspn(line, ":");

		if (!line[len])
			continue;
		line[len] = '\0';
		found = ((*name && !strcmp(line, name)) || !strcmp(line, number)) &&
			sscanf(line + len + 1, "%llu:%llu", &range->start, &range->count) == 2 &&
			range->count > 0;
	}
	if (file)
		(void)fclose(file);
	return found;
}

struct attempt {
	char program[2][PATH_MAX];
	unsigned own[2];
	struct range range[2];
};

static int run_program(const struct attempt *attempt, int which, pid_t pid)
{
	char target[16], own[16], start[32];
	char *argv[] = { (char *)attempt->program[which],
			 target,
			 (char *)"0",
			 own,
			 (char *)"1",
			 (char *)"1",
			 start,
			 (char *)"1",
			 NULL };
	int status;
	pid_t child;

	(void)snprintf(target, sizeof(target), "%d", (int)pid);
	(void)snprintf(own, sizeof(own), "%u", attempt->own[which]);
	(void)snprintf(start, sizeof(start), "%llu", attempt->range[which].start);
	child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (null >= 0)
			(void)dup2(null, STDERR_FILENO);
		(void)execve(argv[0], argv, environ);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -errno;
	return status == 0 ? 0 : -EPERM;
}

/* In a child of its own: the waiting one dies with it. */
static int map_range(void *arg)
{
	const struct attempt *attempt = arg;
	pid_t pid = sys_clone(CLONE_NEWUSER | SIGCHLD, NULL);
	int err;

	if (pid < 0)
		return pid;
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			(void)pause();
	}
	err = run_program(attempt, 0, pid);
	if (!err)
		err = run_program(attempt, 1, pid);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return err;
}

/* Root needs nobody's leave, but there may be no more than one id here. */
static void check_root(struct doctor *doctor)
{
	unsigned long long inside, outside, count, sum = 0;
	FILE *file = fopen("/proc/self/uid_map", "re");
	char text[64];

	while (file && fscanf(file, "%llu %llu %llu", &inside, &outside, &count) == 3)
		sum += count;
	if (file)
		(void)fclose(file);
	(void)snprintf(text, sizeof(text), "root maps them itself: %llu there are", sum);
	if (sum == 1)
		check_tell(
			doctor, "id ranges", CHECK_WARN, 0,
			"the user namespace around us has one id only, so there are none to map on",
			"start us in one with a range");
	else
		check_tell(doctor, "id ranges", CHECK_OK, 0, text, NULL);
}

void check_ranges(struct doctor *doctor)
{
	static struct attempt attempt;
	struct why why;
	char text[128];
	uid_t uid = geteuid();
	int err;

	if (uid == 0 && doctor->facts.admin) {
		check_root(doctor);
		return;
	}
	err = helper_in_path("newuidmap", attempt.program[0], PATH_MAX);
	if (!err)
		err = helper_in_path("newgidmap", attempt.program[1], PATH_MAX);
	if (!err && doctor->facts.no_new_privs)
		err = -EPERM;
	if (!err && (!find_range("/etc/subuid", uid, &attempt.range[0]) ||
		     !find_range("/etc/subgid", uid, &attempt.range[1])))
		err = -ENODATA;
	attempt.own[0] = uid;
	attempt.own[1] = getegid();
	if (!err && !doctor->userns) {
		check_tell(doctor, "id ranges", CHECK_WARN, 0,
			   "not tried, as user namespaces don't work", NULL);
		return;
	}
	if (!err)
		err = check_in_child(map_range, &attempt);
	if (err == -ENODATA) {
		/* Our own word for it: no call said so. */
		why_explain(WHY_RANGES, err, 0, &doctor->facts, &why);
		check_tell(doctor, "id ranges", CHECK_WARN, 0, why.cause, why.fix);
		return;
	}
	if (err) {
		check_step(doctor, "id ranges", CHECK_WARN, WHY_RANGES, err, 0);
		return;
	}
	(void)snprintf(text, sizeof(text), "%llu uids from %llu, %llu gids from %llu",
		       attempt.range[0].count, attempt.range[0].start, attempt.range[1].count,
		       attempt.range[1].start);
	check_tell(doctor, "id ranges", CHECK_OK, 0, text, NULL);
}
