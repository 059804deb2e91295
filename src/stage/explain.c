/* Who tells what is refused: cradle-policy, as PID 1 and the launcher understand no policy.
 * Outside; or of PID 1 that isn't ours, in the agent before it gives anything up. Allocates
 * nothing. */
#include "explain.h"

#include "compiler.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 200 };

/* To where no policy's descriptor has to be. */
static int out_of_the_way(const struct spec_seccomp *seccomp, int socket)
{
	int above = STDERR_FILENO, fd;

	for (unsigned i = 0; i < seccomp->n; i++) {
		if (seccomp->policy[i].from_fd && seccomp->policy[i].fd > above)
			above = seccomp->policy[i].fd;
	}
	fd = fcntl(socket, F_DUPFD, above + 1);
	return fd < 0 ? socket : fd;
}

/* What came from a descriptor was read to its end. Under the same number, if that is free: by it
 * the user is told of the policy. */
static int again(const struct spec_policy *policy)
{
	size_t len = policy->program.len * sizeof(*policy->program.filter);
	const int number = policy->fd;
	int fd = memfd_create("policy", 0);

	if (fd < 0 || write(fd, policy->program.filter, len) != (ssize_t)len)
		_exit(CRADLE_EXIT_FAILURE);
	/* Our standard input has nothing to say. */
	if (fd == number || (number != STDIN_FILENO && fcntl(number, F_GETFD) >= 0) ||
	    dup2(fd, number) < 0)
		return fd;
	(void)close(fd);
	return number;
}

static _Noreturn void become_supervisor(const struct spec *spec, struct compiler *c, int socket)
{
	const struct spec_seccomp *seccomp = &spec->seccomp;
	char option[32], name[SECCOMP_POLICIES][16];

	/* The terminal's ^C is for the agent; and nobody shall wait for us who reads its output. */
	(void)setsid();
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	socket = out_of_the_way(seccomp, socket);
	sys_close_above_2(&socket, 1);
	(void)fcntl(socket, F_SETFD, 0);
	compiler_add(c, seccomp->complain ? "--mode=complain" : "--mode=explain");
	(void)snprintf(option, sizeof(option), "--socket=%d", socket);
	compiler_add(c, option);
	compiler_add_caps(c, spec->run.confine.caps_asked);
	compiler_add(c, "--");
	for (unsigned i = 0; i < seccomp->n; i++) {
		const struct spec_policy *policy = &seccomp->policy[i];

		if (policy->from_fd)
			(void)snprintf(name[i], sizeof(name[i]), "fd:%d", again(policy));
		compiler_add(c, policy->from_fd ? name[i] : policy->name);
	}
	compiler_become(c);
}

static bool is_wanted(const struct spec_seccomp *seccomp)
{
	return seccomp->n && (seccomp->explain || seccomp->complain);
}

pid_t explain_start(struct spec *spec, bool parent)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	struct compiler c;
	int pair[2];
	pid_t pid;

	if (!is_wanted(seccomp))
		return 0;
	if (compiler_begin(&c, "supervise") < 0)
		return log_errno(-ENOENT, "cannot find cradle-policy, which --explain and complain "
					  "need");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return log_errno(-errno, "cannot make a socket");
	pid = sys_clone((parent ? CLONE_PARENT : 0) | SIGCHLD, NULL);
	if (pid == 0)
		become_supervisor(spec, &c, pair[1]);
	(void)close(pair[1]);
	if (pid < 0) {
		(void)close(pair[0]);
		return log_errno(pid, "cannot fork for cradle-policy");
	}
	seccomp->listener = pair[0];
	return pid;
}

void explain_release(struct spec *spec)
{
	struct spec_seccomp *seccomp = &spec->seccomp;

	if (!seccomp->listener || !is_wanted(seccomp))
		return;
	(void)close(seccomp->listener);
	seccomp->listener = 0;
}

bool explain_finish(struct spec *spec, pid_t pid, int status)
{
	explain_release(spec);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == SUPERVISE_ENDED;
}

int explain_prepare(struct spec *spec)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	void *page;

	if (!is_wanted(seccomp))
		return 0;
	page = mmap(NULL, sizeof(*seccomp->explainer), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return log_errno(-errno, "cannot share memory with the agent");
	seccomp->explainer = page;
	return 0;
}

void explain_await(const struct spec *spec)
{
	struct pollfd end = { .fd = sys_pidfd_open(*spec->seccomp.explainer), .events = POLLIN };

	if (end.fd < 0)
		return;
	(void)poll(&end, 1, PATIENCE_MS);
	(void)close(end.fd);
}

int explain_take_socket(struct spec *spec)
{
	int fd = spec->seccomp.listener, type;
	socklen_t size = sizeof(type);

	if (!fd)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		return 0;
	return log_errno(-errno, "cannot use descriptor %d for --seccomp-listener", fd);
}
