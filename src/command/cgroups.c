/* Which limits can be held by cgroups: the launcher makes a group for each, and removes it. */
#include "check.h"

#include "cgroup.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct attempt {
	struct spec_limits limits;
	int said; /* where it goes to */
};

/* No process is in them, so anything will do. */
static const struct {
	char name[16];
	struct spec_limits limits;
} attempts[] = {
	{ "limit of memory", { .memory = 64 << 20 } },
	{ "limit of pids", { .pids = 100 } },
	{ "limit of cpus", { .cpu_milli = 1000 } },
};

static int make_and_remove(void *arg)
{
	const struct attempt *attempt = arg;
	struct cgroup cg;
	int err;

	/* As in a launch: the guard of the groups outlives signals. */
	sys_sigmask(SIGSET_ALL, NULL);
	(void)dup2(attempt->said, STDERR_FILENO);
	err = cgroup_make(&cg, &attempt->limits, 0);
	if (!err)
		cgroup_remove(&cg);
	return err;
}

/* "cradle: cannot limit NAME: CAUSE (FIX; or --best-effort NAME): REASON" */
static void tell_refusal(struct doctor *doctor, const char *name, int err, char *line)
{
	char *cause = strstr(line, ": cannot limit "), *fix, *end;

	cause = cause ? strstr(cause + 2, ": ") : NULL;
	fix = cause ? strstr(cause, " (") : NULL;
	end = fix ? strstr(fix, "; or --best-effort") : NULL;
	if (!end) {
		line[strcspn(line, "\n")] = '\0';
		check_tell(doctor, name, CHECK_WARN, err, line, NULL);
		return;
	}
	*fix = *end = '\0';
	check_tell(doctor, name, CHECK_WARN, err, cause + 2, fix + 2);
}

static void check_limit(struct doctor *doctor, size_t i)
{
	struct attempt attempt = { .limits = attempts[i].limits };
	char line[1024];
	int pipe_fd[2], err;
	ssize_t n;

	/* A guard that lingers may hold the other end. */
	if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	attempt.said = pipe_fd[1];
	err = check_in_child(make_and_remove, &attempt);
	n = read(pipe_fd[0], line, sizeof(line) - 1);
	line[n > 0 ? n : 0] = '\0';
	(void)close(pipe_fd[0]);
	(void)close(pipe_fd[1]);
	if (!err || err == CHECK_KILLED || err == -EROFS)
		check_step(doctor, attempts[i].name, CHECK_WARN, WHY_CGROUP, err, 0);
	else
		tell_refusal(doctor, attempts[i].name, err, line);
}

void check_cgroups(struct doctor *doctor)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		check_limit(doctor, i);
}
