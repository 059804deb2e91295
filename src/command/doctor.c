/* cradle doctor: the order of the checks, and how they are told. May write to fd 1 and make
 * children; changes nothing that outlives them. */
#include "doctor.h"

#include "check.h"
#include "cradle.h"
#include "log.h"
#include "sys.h"
#include "tell_json.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PATIENCE_MS = 30000 };

static const char *const words[] = {
	[CHECK_OK] = "ok", [CHECK_WARN] = "warn", [CHECK_FAIL] = "FAIL"
};
static const char *const json_words[] = { "ok", "warn", "fail" };

static void tell_line(const char *name, enum check_status status, int err, const char *cause,
		      const char *fix)
{
	char line[1536];
	int n = snprintf(line, sizeof(line) - 1, "%-4s %s%s%s%s%s%s%s", words[status], name,
			 err ? ": " : "", err ? strerror(-err) : "", *cause ? ": " : "", cause,
			 *fix ? "; fix: " : "", fix);

	if (n < 0)
		return;
	n = n < (int)sizeof(line) - 1 ? n : (int)sizeof(line) - 2;
	for (char *at = line; *at; at++)
		*at = util_visible(*at);
	line[n++] = '\n';
	(void)!write(STDOUT_FILENO, line, (size_t)n);
}

void check_tell(struct doctor *doctor, const char *name, enum check_status status, int err,
		const char *cause, const char *fix)
{
	cause = cause ? cause : "";
	fix = fix ? fix : "";
	doctor->failed = doctor->failed || status == CHECK_FAIL;
	if (doctor->json)
		tell_json_check(doctor->nchecks == 0, name, json_words[status], -err, cause, fix);
	else
		tell_line(name, status, err, cause, fix);
	doctor->nchecks++;
}

void check_step(struct doctor *doctor, const char *name, enum check_status otherwise,
		enum why_step step, int err, uint64_t flags)
{
	struct why why;

	if (!err) {
		check_tell(doctor, name, CHECK_OK, 0, NULL, NULL);
	} else if (err == CHECK_KILLED) {
		check_tell(doctor, name, otherwise, 0,
			   "the try was killed: a seccomp filter around us kills who asks", NULL);
	} else {
		why_explain(step, err, flags, &doctor->facts, &why);
		check_tell(doctor, name, otherwise, err, why.cause, why.fix);
	}
}

void *check_shared(size_t size)
{
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

int check_in_child(int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-fn(arg) & 0xff);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? -WEXITSTATUS(status) : CHECK_KILLED;
}

static _Noreturn void run_sandbox(char *option, int err_fd)
{
	static char self[] = "/proc/self/exe", name[] = "cradle", run[] = "run", end[] = "--",
		    version[] = "--version";
	char *const argv[] = { name, run, option, end, self, version, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	(void)dup2(err_fd, STDERR_FILENO);
	(void)execve(self, argv, environ);
	log_errno(-errno, "cannot execute %s", self);
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}

/* All there is on fd until nobody has it open any more, or the patience is over. */
static void read_all(int fd, char *buf, size_t size)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	uint64_t until = sys_now_ms() + PATIENCE_MS;
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && sys_now_ms() < until) {
		n = poll(&readable, 1, (int)(until - sys_now_ms()));
		if (n > 0)
			n = read(fd, buf + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	buf[len] = '\0';
}

/* Without its end and our name. */
static const char *last_line(char *text)
{
	size_t len = strlen(text);
	const char *line;

	while (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return util_after(line, "cradle: ") ? util_after(line, "cradle: ") : line;
}

/* Nobody who is about to end holds the pipe any more, so that takes but a moment. Others may be
 * children of ours as well, by exec(3): those won't end. */
static void reap_rest(void)
{
	for (int i = 0; i < 100; i++) {
		pid_t pid;

		do
			pid = waitpid(-1, NULL, WNOHANG | __WALL);
		while (pid > 0);
		if (pid < 0)
			return;
		(void)poll(NULL, 0, 2);
	}
}

/* Returns its status, as of wait(2), and what it said. */
static int run_and_wait(char *option, char *said, size_t size)
{
	int pipe_fd[2], status = 0;
	pid_t pid;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -errno;
	/* A launcher may end before its sandbox is all gone: what is left comes to us. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0)
		run_sandbox(option, pipe_fd[1]);
	(void)close(pipe_fd[1]);
	read_all(pipe_fd[0], said, size);
	(void)close(pipe_fd[0]);
	if (pid < 0)
		return -EAGAIN;
	/* It has ended, or never will. */
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	reap_rest();
	return status;
}

/* The proof: a sandbox itself, around a program that can't fail. */
static void check_sandbox(struct doctor *doctor, const char *name, char *option,
			  enum check_status otherwise)
{
	char said[2048] = "", cause[sizeof(said) + 64], sig[16];
	int status = run_and_wait(option, said, sizeof(said));
	const char *line = last_line(said);

	if (status == 0) {
		check_tell(doctor, name, CHECK_OK, 0, NULL, NULL);
		return;
	}
	if (status > 0 && WIFSIGNALED(status))
		(void)snprintf(cause, sizeof(cause), "cradle run was killed by signal %s%s%s",
			       util_signal_name(WTERMSIG(status), sig), *line ? ": " : "", line);
	else
		(void)snprintf(cause, sizeof(cause), "%s", line);
	check_tell(doctor, name, otherwise, status < 0 ? status : 0, cause, NULL);
}

/* Who gained rights by being executed tries nothing with them. */
static bool check_start(struct doctor *doctor)
{
	struct why_facts *facts = &doctor->facts;
	char how[2 * sizeof(facts->exe) + 64];

	if (!getauxval(AT_SECURE))
		return true;
	why_read(facts);
	(void)snprintf(how, sizeof(how), "as root: chmod u-s,g-s %s; setcap -r %s", facts->exe,
		       facts->exe);
	check_tell(doctor, "start", CHECK_FAIL, 0,
		   "cradle was started setuid, setgid or with file capabilities: it needs no such "
		   "rights and refuses them",
		   how);
	return false;
}

int doctor(int argc, char **argv)
{
	static char walled[] = "--backend=landlock", namespaces[] = "--backend=namespaces";
	struct doctor doctor = { .json = argc == 1 && !strcmp(argv[0], "--json") };

	if (argc > 0 && (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))) {
		(void)dprintf(STDOUT_FILENO,
			      "Usage: cradle doctor [--json]\n"
			      "Try what a sandbox needs, say what doesn't work here and what would "
			      "mend it.\n\n"
			      "Exit code: 0 if the default sandbox works, else 1.\n");
		return 0;
	}
	if (argc > 0 && !doctor.json) {
		log_error("unknown argument %s of doctor: expected --json or nothing",
			  argv[argc - 1]);
		return CRADLE_EXIT_FAILURE;
	}
	if (doctor.json)
		tell_json_begin();
	if (check_start(&doctor)) {
		why_read(&doctor.facts);
		check_surroundings(&doctor);
		check_kernel(&doctor);
		check_namespaces(&doctor);
		check_ranges(&doctor);
		check_cgroups(&doctor);
		check_programs(&doctor);
		check_sandbox(&doctor, "landlock backend", walled, CHECK_WARN);
		check_sandbox(&doctor, "default sandbox", namespaces, CHECK_FAIL);
	}
	if (doctor.json)
		tell_json_end(!doctor.failed);
	return doctor.failed ? 1 : 0;
}
