/* From the name of a policy to its program. Runs outside, or in PID 1 before there is an agent: may
 * read files and run cradle-policy. A policy language is understood by that alone. */
#include "enter.h"

#include "bpf.h"
#include "capability.h"
#include "cradle.h"
#include "helper.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CAPS = 64, FIRST_BYTES = 512 };

struct compilation {
	char path[PATH_MAX]; /* of cradle-policy */
	char *argv[2 * CAPS + 8];
};

/* The agent's capabilities count: what one is for is allowed to who keeps it. */
static int plan_compilation(struct compilation *c, const char *policy, uint64_t caps)
{
	static const char *const words[] = { "cradle-policy", "compile", "-o", "-" };
	unsigned n = 0;

	if (helper_find("policy", c->path, sizeof(c->path)) < 0) {
		log_error("cannot compile the policy %s: there is no cradle-policy here; compile "
			  "it where there is one (cradle policy compile -o FILE) and give FILE",
			  policy);
		return -ENOENT;
	}
	for (; n < sizeof(words) / sizeof(words[0]); n++)
		c->argv[n] = (char *)words[n];
	for (unsigned i = 0; i < CAPS; i++) {
		if (!(caps >> i & 1) || !capability_name(i))
			continue;
		c->argv[n++] = (char *)"--cap";
		c->argv[n++] = (char *)capability_name(i);
	}
	c->argv[n++] = (char *)"--";
	c->argv[n++] = (char *)policy;
	c->argv[n] = NULL;
	return 0;
}

static _Noreturn void become_compiler(const struct compilation *c, int out)
{
	sys_sigmask(0, NULL);
	if (dup2(out, STDOUT_FILENO) >= 0)
		(void)execve(c->path, c->argv, environ);
	(void)log_errno(-errno, "cannot execute %s", c->path);
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}

/* Reads the program while the compiler writes it. It says by itself what is wrong with a policy. */
static int compile(struct spec_policy *policy, uint64_t caps)
{
	struct compilation c;
	int err = plan_compilation(&c, policy->name, caps);
	const char *wrong;
	int out[2], status;
	pid_t pid;

	if (err)
		return err;
	if (pipe2(out, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	pid = sys_clone(SIGCHLD, NULL);
	if (pid == 0)
		become_compiler(&c, out[1]);
	(void)close(out[1]);
	if (pid < 0) {
		(void)close(out[0]);
		return log_errno(pid, "cannot fork for %s", c.path);
	}
	wrong = bpf_read(&policy->program, out[0]);
	if (wrong)
		(void)close(out[0]);
	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return -EIO;
	if (!wrong)
		return 0;
	log_error("cannot use what %s made of the policy %s: %s", c.path, policy->name, wrong);
	return -EIO;
}

/* Only in instructions there are NUL bytes; what can't be read twice is no text either. */
static bool is_compiled(int fd)
{
	char first[FIRST_BYTES];
	ssize_t n = pread(fd, first, sizeof(first), 0);

	return n < 0 || memchr(first, '\0', (size_t)n);
}

static int find(struct spec_policy *policy, uint64_t caps)
{
	int fd = sys_open(policy->name, O_RDONLY | O_NOCTTY);
	const char *wrong;

	if (fd < 0)
		return log_errno(fd, "cannot open the policy %s", policy->name);
	if (!is_compiled(fd)) {
		(void)close(fd);
		return compile(policy, caps);
	}
	wrong = bpf_read(&policy->program, fd);
	if (!wrong)
		return 0;
	(void)close(fd);
	log_error("cannot use the policy %s: %s", policy->name, wrong);
	return -EINVAL;
}

int filter_find(struct spec *spec)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	int err = 0;

	for (unsigned i = 0; i < seccomp->n && !err; i++) {
		if (!seccomp->policy[i].program.filter)
			err = find(&seccomp->policy[i], spec->run.confine.caps);
	}
	return err;
}
