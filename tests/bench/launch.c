/* Starts a candidate with the agent below it, as PID 1 of a new PID namespace or as a plain
 * process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "agent.h"
#include "bench.h"

enum { ANSWER_MS = 60000 };

struct plan {
	const char **argv;
	int in, out, null;
	int err;
};

void candidate_fail(struct candidate *c, const char *what, int err)
{
	fprintf(stderr, "bench: cannot measure %s: %s: %s\n", c->name, what, strerror(-err));
	c->failed = true;
}

int candidate_argv(const struct bench *b, const struct candidate *c, bool as_init, const char *mode,
		   const char **argv)
{
	const char *const *words = !as_init && c->plain[0] ? c->plain : c->init;
	int n = 0;

	for (int i = 0; i < MAX_WORDS && words[i]; i++)
		argv[n++] = words[i];
	argv[n++] = b->agent;
	argv[n++] = mode;
	argv[n] = NULL;
	return n;
}

/* What a supervisor has to say about orphans goes nowhere: a terminal's or a log's speed isn't its
 * own.
 *
 * Runs on the bench's memory (CLONE_VM): a copied page table would be paid by the candidate's first
 * faults. Writing plan->err is how a failed exec gets back. */
static int child(void *arg)
{
	struct plan *plan = arg;

	if (dup2(plan->in, 0) < 0 || dup2(plan->out, 1) < 0 || dup2(plan->null, 2) < 0)
		plan->err = -errno;
	else
		execv(plan->argv[0], (char **)plan->argv);
	plan->err = -errno;
	_exit(127);
}

/* The first process of a PID namespace; without root a user namespace must come with it. */
static int namespace_flags(bool as_init)
{
	if (!as_init)
		return 0;
	return CLONE_NEWPID | (geteuid() ? CLONE_NEWUSER : 0);
}

static int clone_child(struct plan *plan, bool as_init, pid_t *pid)
{
	static char stack[65536] __attribute__((aligned(16)));
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD | namespace_flags(as_init);

	*pid = clone(child, stack + sizeof(stack), flags, plan);
	if (*pid < 0)
		return -errno;
	if (plan->err)
		waitpid(*pid, NULL, 0);
	return plan->err;
}

int launch(const struct bench *b, const struct candidate *c, bool as_init, const char *mode,
	   struct instance *in)
{
	const char *argv[MAX_WORDS + 3];
	struct plan plan = { .argv = argv };
	int down[2], up[2], err;

	plan.null = b->null;
	candidate_argv(b, c, as_init, mode, argv);
	if (pipe2(down, O_CLOEXEC))
		return -errno;
	if (pipe2(up, O_CLOEXEC)) {
		err = -errno;
		close(down[0]);
		close(down[1]);
		return err;
	}
	plan.in = down[0];
	plan.out = up[1];
	err = clone_child(&plan, as_init, &in->pid);
	close(down[0]);
	close(up[1]);
	in->command = down[1];
	in->answer = up[0];
	if (err) {
		close(in->command);
		close(in->answer);
	}
	return err;
}

int launch_await(struct instance *in, uint64_t *answer)
{
	struct pollfd fd = { .fd = in->answer, .events = POLLIN };

	if (poll(&fd, 1, ANSWER_MS) != 1)
		return -ETIMEDOUT;
	return read(in->answer, answer, sizeof(*answer)) == sizeof(*answer) ? 0 : -EPIPE;
}

int launch_command(struct instance *in, unsigned verb, unsigned count)
{
	struct agent_command cmd = { .verb = verb, .count = count };

	return write(in->command, &cmd, sizeof(cmd)) == sizeof(cmd) ? 0 : -EPIPE;
}

int launch_serving(const struct bench *b, struct candidate *c, bool as_init, struct instance *in)
{
	uint64_t zero;
	int err = launch(b, c, as_init, "serve", in);

	if (err) {
		candidate_fail(c, "it doesn't start", err);
		in->pid = 0;
		return err;
	}
	err = launch_await(in, &zero);
	if (!err)
		err = proc_await_sleep(in->pid);
	if (err) {
		candidate_fail(c, "its agent isn't ready", err);
		launch_end(c, in);
	}
	return err;
}

/* The agent ends when its fd 0 is closed, and the supervisor with it; one that doesn't is killed
 * and counts as failed. */
void launch_end(struct candidate *c, struct instance *in)
{
	int pidfd, status;
	struct pollfd fd = { .events = POLLIN };

	if (!in->pid)
		return;
	pidfd = (int)syscall(SYS_pidfd_open, in->pid, 0);
	fd.fd = pidfd;
	close(in->command);
	if (poll(&fd, 1, 5000) != 1) {
		candidate_fail(c, "it doesn't end with its agent", -ETIMEDOUT);
		kill(in->pid, SIGKILL);
	}
	close(pidfd);
	waitpid(in->pid, &status, 0);
	if (!c->failed && status)
		candidate_fail(c, "its agent's success came out as a failure", -EPROTO);
	close(in->answer);
	in->pid = 0;
}
