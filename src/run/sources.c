/* Sources of binds and overlays. May open paths of the host, and nothing else. */
#include "sources.h"

#include "layered.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SPARE = 64 };

/* Each source takes a descriptor here, and a tree one more in PID 1. */
static void raise_limit(struct spec_run *run)
{
	unsigned need = 2 * (run->plan.nops + run->plan.nlayers) + SPARE;
	struct rlimit limit;

	if (need < 512 || getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need)
		return;
	run->confine.nofile_soft = limit.rlim_cur;
	run->confine.nofile_hard = limit.rlim_max;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int open_bind(struct op *op)
{
	if (op->flags & OP_GIVEN_FD)
		return fcntl(op->fd, F_GETFD) < 0 ? log_errno(-errno, "cannot bind fd %d", op->fd)
						  : 0;
	op->fd = open(op->source, O_PATH | O_CLOEXEC);
	if (op->fd >= 0 || ((op->flags & OP_TRY) && errno == ENOENT))
		return 0;
	return log_errno(-errno, "cannot bind %s%s", op->source,
			 errno == EMFILE ? " (the limit of open files is too low: ulimit -Hn)"
					 : "");
}

/* What is to be handed on must be there. */
static int check_kept(const struct spec_confine *confine)
{
	for (unsigned i = 0; i < confine->nkeep_fd; i++) {
		if (fcntl(confine->keep_fd[i], F_GETFD) < 0)
			return log_errno(-errno, "cannot hand on fd %d", confine->keep_fd[i]);
	}
	return 0;
}

int sources_open(struct spec_run *run)
{
	struct plan *plan = &run->plan;
	int err = check_kept(&run->confine);

	if (!err && plan->root_overlay)
		err = layered_root(plan);
	raise_limit(run);
	for (unsigned i = 0; i < plan->nops && !err; i++) {
		if (op_is_bind(&plan->op[i]))
			err = open_bind(&plan->op[i]);
	}
	for (unsigned i = 0; i < plan->nlayers && !err; i++) {
		plan->layer[i].fd = open(plan->layer[i].path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		/* As /, it must be readable for the caller, too: overlayfs says so only later. */
		if (plan->layer[i].fd >= 0 && plan->layer[i].path == plan->dir &&
		    access(plan->dir, R_OK | X_OK) < 0) {
			(void)close(plan->layer[i].fd);
			plan->layer[i].fd = -1;
		}
		if (plan->layer[i].fd < 0)
			err = log_errno(-errno, "cannot use %s as %s", plan->layer[i].path,
					plan->layer[i].path == plan->dir ? "root" : "a layer");
	}
	return err;
}
