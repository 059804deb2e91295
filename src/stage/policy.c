/* From the name of a policy to its program. Runs outside, or in PID 1 before there is an agent: may
 * read files and run cradle-policy. A policy language is understood by that alone. */
#include "enter.h"

#include "bpf.h"
#include "bpf_run.h"
#include "cache.h"
#include "cached.h"
#include "compiler.h"
#include "explain.h"
#include "log.h"
#include "shipped.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_BYTES = 512 };

static int plan(struct compiler *c, const char *policy, uint64_t caps)
{
	if (compiler_begin(c, "compile") < 0)
		return -ENOENT;
	compiler_add(c, "-o");
	compiler_add(c, "-");
	compiler_add(c, "--cache");
	compiler_add_caps(c, caps);
	compiler_add(c, "--");
	compiler_add(c, policy);
	return 0;
}

static int no_compiler(const char *policy)
{
	log_error("cannot compile the policy %s: there is no cradle-policy here; compile it where "
		  "there is one (cradle policy compile -o FILE) and give FILE",
		  policy);
	return -ENOENT;
}

/* Reads the program while the compiler writes it. It says by itself what is wrong with a policy.
 * -ENOENT, unsaid: there is none. */
static int compile(struct spec_policy *policy, int file, uint64_t caps)
{
	static struct compiler c;
	int err = plan(&c, policy->name, caps);
	const char *wrong;
	int out[2], status;
	pid_t pid;

	if (err || cached_policy(&policy->program, policy->name, file, caps, c.path))
		return err;
	if (pipe2(out, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	pid = sys_clone(SIGCHLD, NULL);
	if (pid == 0) {
		(void)dup2(out[1], STDOUT_FILENO);
		compiler_become(&c);
	}
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

static int open_file(struct spec_policy *policy, uint64_t caps)
{
	/* A FIFO that nobody writes to is empty, and nothing to wait for with all signals blocked.
	 */
	int fd = sys_open(policy->name, O_RDONLY | O_NOCTTY | O_NONBLOCK), err;
	const char *wrong;

	if (fd < 0)
		return log_errno(fd, "cannot open the policy %s", policy->name);
	if (!is_compiled(fd)) {
		err = compile(policy, fd, caps);
		(void)close(fd);
		return err == -ENOENT ? no_compiler(policy->name) : err;
	}
	(void)fcntl(fd, F_SETFL, 0);
	wrong = bpf_read(&policy->program, fd);
	if (!wrong)
		return 0;
	(void)close(fd);
	log_error("cannot use the policy %s: %s", policy->name, wrong);
	return -EINVAL;
}

static int find(struct spec_policy *policy, uint64_t caps)
{
	const struct shipped_policy *shipped;
	int err;

	if (!cache_is_name(policy->name))
		return open_file(policy, caps);
	shipped = shipped_policy(policy->name);
	err = caps || !shipped ? compile(policy, -1, caps) : -ENOENT;
	if (err != -ENOENT)
		return err;
	if (!shipped)
		return no_compiler(policy->name);
	if (caps)
		log_warn("the policy %s refuses also what kept capabilities are for: there is no "
			 "cradle-policy here to compile it for them",
			 policy->name);
	policy->program = (struct sock_fprog){ (unsigned short)shipped->len,
					       (struct sock_filter *)(uintptr_t)shipped->insn };
	return 0;
}

static int join(struct spec_seccomp *seccomp)
{
	const struct sock_fprog *program[SECCOMP_POLICIES];

	for (unsigned i = 0; i < seccomp->n; i++)
		program[i] = &seccomp->policy[i].program;
	seccomp->program = *program[0];
	if (seccomp->n == 1 || bpf_join(&seccomp->program, program, seccomp->n))
		return 0;
	log_error("cannot join %u policies: together they take more than the 4096 instructions of "
		  "a seccomp filter, or one is none; one policy may include others",
		  seccomp->n);
	return -E2BIG;
}

static bool lets_start(const struct sock_fprog *program, uint64_t pointer)
{
	const struct seccomp_data data = { .nr = SYS_execve,
					   .arch = BPF_OUR_ARCH,
					   .instruction_pointer = (uintptr_t)lets_start,
					   .args = { pointer, pointer, pointer } };

	switch (bpf_run(program->filter, program->len, &data) & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_USER_NOTIF: /* nobody would answer */
		return false;
	default:
		return true;
	}
}

/* Under such a policy not even the failure could be told. What execve(2) will be given isn't known
 * yet, so it must be refused with one pointer and another. */
static int check_start(const struct spec_seccomp *seccomp)
{
	if (seccomp->complain || (seccomp->listener && !seccomp->explain))
		return 0;
	for (unsigned i = 0; i < seccomp->n; i++) {
		const struct spec_policy *policy = &seccomp->policy[i];

		if (lets_start(&policy->program, 0) || lets_start(&policy->program, UINT64_MAX))
			continue;
		log_error("cannot start anything under the policy %s: it refuses execve (fix: "
			  "allow execve in it)",
			  policy->name);
		return -EINVAL;
	}
	return 0;
}

int filter_find(struct spec *spec)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	uint64_t caps = spec->run.confine.caps_asked;
	int err = 0;

	for (unsigned i = 0; i < seccomp->n && !err; i++) {
		if (!seccomp->policy[i].program.filter)
			err = find(&seccomp->policy[i], caps);
	}
	if (!err)
		err = check_start(seccomp);
	if (!err && seccomp->n)
		err = join(seccomp);
	if (err || !seccomp->n || !seccomp_notifies(seccomp))
		return err;
	if (bpf_ask(&seccomp->program, &seccomp->program))
		return explain_take_socket(spec);
	log_error("cannot have a listener for the seccomp filter: it has no room for 5 more "
		  "instructions, or is none");
	return -EINVAL;
}
