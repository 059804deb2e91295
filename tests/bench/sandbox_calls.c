/* How many system calls a sandbox takes: of the launcher, of all it starts, and of the process that
 * becomes the program until it executes it. Counted with ptrace(2), as calls.c does for
 * supervisors; here the processes are many, and their order is each launcher's own. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sandbox.h"

enum { MAX_TRACED = 64 };

struct traced {
	pid_t pid;
	unsigned short calls[MAX_CALL];
	bool counting;
	bool agent;
};

struct trace {
	struct traced of[MAX_TRACED];
	unsigned n;
	struct stat program;
	int status;
};

static struct traced *find(struct trace *t, pid_t pid)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->of[i].pid == pid)
			return &t->of[i];
	if (t->n == MAX_TRACED)
		return NULL;
	/* The first is ours until it executes the launcher. */
	t->of[t->n] = (struct traced){ .pid = pid, .counting = t->n > 0 };
	return &t->of[t->n++];
}

static bool is_program(const struct trace *t, pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return !stat(path, &st) && st.st_dev == t->program.st_dev && st.st_ino == t->program.st_ino;
}

static void note_exec(const struct trace *t, struct traced *of)
{
	if (is_program(t, of->pid)) {
		of->agent = true;
		of->counting = false;
	} else if (of == &t->of[0]) {
		of->counting = true;
	}
}

static void note_call(struct traced *of)
{
	struct __ptrace_syscall_info info;

	if (of->counting && ptrace(PTRACE_GET_SYSCALL_INFO, of->pid, sizeof(info), &info) > 0 &&
	    info.op == PTRACE_SYSCALL_INFO_ENTRY)
		of->calls[info.entry.nr % MAX_CALL]++;
}

/* Says which signal the process is to go on with. */
static int note_stop(struct trace *t, pid_t pid, int status)
{
	struct traced *of = find(t, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!of)
		return 0;
	if (sig == (SIGTRAP | 0x80))
		note_call(of);
	else if (event == PTRACE_EVENT_EXEC)
		note_exec(t, of);
	else if (!event)
		return sig;
	return 0;
}

static void trace_run(struct trace *t)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, pid, 0, (long)note_stop(t, pid, status));
		else if (pid == t->of[0].pid)
			t->status = status;
	}
}

static pid_t spawn_traceable(const struct sandbox *s, const struct command *c, int go)
{
	char *environment[] = { NULL }, byte;
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int fd = 0; fd < 3; fd++)
		dup2(s->null, fd);
	if (read(go, &byte, 1) == 1)
		execvpe(c->word[0], c->word, environment);
	_exit(127);
}

static int trace(const struct sandbox *s, const struct command *c, struct trace *t)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2], err = 0;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	pid = spawn_traceable(s, c, go[0]);
	if (pid < 0 || !find(t, pid) || ptrace(PTRACE_SEIZE, pid, 0, options) ||
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0))
		err = -errno;
	if (!err && write(go[1], "g", 1) != 1)
		err = -errno;
	close(go[0]);
	close(go[1]);
	if (err && pid > 0)
		kill(pid, SIGKILL);
	trace_run(t);
	return err ? err : t->status;
}

static void take(struct sandbox_row *row, const struct trace *t)
{
	double sum[3] = { 0 };

	for (unsigned i = 0; i < t->n; i++) {
		unsigned part = !i ? 0 : t->of[i].agent ? 2 : 1;

		for (unsigned call = 0; call < MAX_CALL; call++) {
			row->calls[part][call] += t->of[i].calls[call];
			sum[part] += t->of[i].calls[call];
		}
	}
	for (unsigned part = 0; part < 3; part++)
		row->value[SB_CALLS_LAUNCHER + part] = sum[part];
	row->value[SB_CALLS] = sum[0] + sum[1];
}

void sandbox_count_calls(struct sandbox *s)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/agent", s->dir);
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		static struct trace t;
		struct command c;

		memset(&t, 0, sizeof(t));
		if (s->launcher[i].role == ROLE_BARE || !sandbox_runs(s, i, HOST_NET))
			continue;
		if (stat(path, &t.program) || command_make(s, i, HOST_NET, &c))
			continue;
		if (!trace(s, &c, &t))
			take(&s->row[i], &t);
		command_free(&c);
	}
}
