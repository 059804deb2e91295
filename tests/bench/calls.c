/* The system calls of each supervisor, counted with ptrace(2): from its own exec to its fork, in
 * the child up to the agent's exec, and from the fork to its own end. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

enum { BEFORE, CHILD, AFTER, NPHASES };

struct trace {
	pid_t root;
	bool running; /* the root has executed the supervisor */
	bool forked;
	pid_t child; /* until it executes the agent */
	int status;
	unsigned short *count[NPHASES];
};

static unsigned short counts[MAX_CANDIDATES][NPHASES][MAX_CALL];

/* clang-format off */
static const char *const names[MAX_CALL] = {
#define NAME(call) [SYS_##call] = #call
	NAME(read), NAME(write), NAME(close), NAME(openat), NAME(ioctl), NAME(fcntl), NAME(brk),
	NAME(mmap), NAME(munmap), NAME(mprotect), NAME(madvise), NAME(rt_sigaction), NAME(dup),
	NAME(rt_sigprocmask), NAME(rt_sigtimedwait), NAME(rt_sigpending), NAME(rt_sigqueueinfo),
	NAME(signalfd4), NAME(clone), NAME(clone3), NAME(execve), NAME(exit_group), NAME(wait4),
	NAME(waitid), NAME(kill), NAME(tgkill), NAME(prctl), NAME(getpid), NAME(getppid),
	NAME(gettid), NAME(getuid), NAME(geteuid), NAME(getgid), NAME(getegid), NAME(getsid),
	NAME(setsid), NAME(getpgid), NAME(setpgid), NAME(chdir), NAME(ppoll), NAME(getrandom),
	NAME(prlimit64), NAME(set_tid_address), NAME(set_robust_list), NAME(rseq), NAME(faccessat),
	NAME(newfstatat), NAME(fstat), NAME(statx), NAME(readlinkat), NAME(pread64), NAME(futex),
	NAME(pidfd_open), NAME(pidfd_send_signal), NAME(close_range), NAME(clock_gettime),
	NAME(pipe2), NAME(dup3), NAME(uname), NAME(sigaltstack), NAME(rt_sigreturn),
	NAME(epoll_create1), NAME(epoll_ctl), NAME(epoll_pwait), NAME(getrusage), NAME(setpriority),
	NAME(timerfd_create), NAME(timerfd_settime), NAME(setitimer), NAME(reboot), NAME(unlinkat),
	NAME(mount), NAME(umount2), NAME(pivot_root), NAME(chroot), NAME(fchdir), NAME(getcwd),
	NAME(umask), NAME(mknodat), NAME(mkdirat), NAME(symlinkat), NAME(fchmodat), NAME(capget),
	NAME(capset), NAME(seccomp), NAME(keyctl), NAME(unshare), NAME(setns), NAME(socket),
	NAME(socketpair), NAME(sendmsg), NAME(recvmsg), NAME(sendto), NAME(recvfrom), NAME(bind),
	NAME(eventfd2), NAME(open_tree), NAME(move_mount), NAME(fsopen), NAME(fsconfig),
	NAME(fsmount), NAME(fspick), NAME(openat2), NAME(sethostname), NAME(statfs),
	NAME(fstatfs), [442] = "mount_setattr", [467] = "open_tree_attr",
#ifdef SYS_access
	NAME(access), NAME(open), NAME(stat), NAME(lstat), NAME(readlink), NAME(poll), NAME(fork),
	NAME(vfork), NAME(pipe), NAME(dup2), NAME(arch_prctl), NAME(getpgrp), NAME(pause),
	NAME(alarm), NAME(epoll_wait), NAME(getdents64), NAME(mkdir), NAME(mknod), NAME(symlink),
	NAME(unlink), NAME(rmdir), NAME(creat), NAME(chmod), NAME(signalfd), NAME(eventfd),
#endif
};
/* clang-format on */

static pid_t spawn_traceable(const struct bench *b, const struct candidate *c, int go)
{
	const char *argv[MAX_WORDS + 3];
	char byte;
	int flags = SIGCHLD | CLONE_NEWPID | (geteuid() ? CLONE_NEWUSER : 0);
	pid_t pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);

	if (pid)
		return pid;
	candidate_argv(b, c, true, "true", argv);
	for (int fd = 0; fd < 3; fd++)
		dup2(b->null, fd);
	if (read(go, &byte, 1) == 1)
		execv(argv[0], (char **)argv);
	_exit(127);
}

static void count_call(struct trace *t, pid_t pid)
{
	struct __ptrace_syscall_info info;
	int phase = t->forked ? AFTER : BEFORE;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return;
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr >= MAX_CALL)
		return;
	if (pid == t->root && t->running)
		t->count[phase][info.entry.nr]++;
	else if (pid == t->child)
		t->count[CHILD][info.entry.nr]++;
}

static void note_event(struct trace *t, pid_t pid, int event)
{
	unsigned long child;

	switch (event) {
	case PTRACE_EVENT_EXEC:
		if (pid == t->root)
			t->running = true;
		else if (pid == t->child)
			t->child = 0;
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (pid != t->root || t->forked)
			break;
		t->forked = true;
		ptrace(PTRACE_GETEVENTMSG, pid, 0, &child);
		t->child = (pid_t)child;
		break;
	}
}

/* One stop of one process; says which signal it is to go on with. */
static int note_stop(struct trace *t, pid_t pid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (sig == (SIGTRAP | 0x80))
		count_call(t, pid);
	else if (event)
		note_event(t, pid, event);
	else
		return sig;
	return 0;
}

static int trace_run(struct trace *t)
{
	int status, sig;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			sig = note_stop(t, pid, status);
			ptrace(PTRACE_SYSCALL, pid, 0, (long)sig);
		} else if (pid == t->root) {
			t->status = status;
			return 0;
		}
	}
	return -errno;
}

static int trace_candidate(const struct bench *b, const struct candidate *c, struct trace *t)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2], err = 0;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	t->root = spawn_traceable(b, c, go[0]);
	if (t->root < 0 || ptrace(PTRACE_SEIZE, t->root, 0, options) ||
	    ptrace(PTRACE_INTERRUPT, t->root, 0, 0))
		err = -errno;
	if (!err && write(go[1], "g", 1) != 1)
		err = -errno;
	close(go[0]);
	close(go[1]);
	if (err && t->root > 0) {
		kill(t->root, SIGKILL);
		waitpid(t->root, NULL, __WALL);
	}
	if (!err)
		err = trace_run(t);
	if (!err && t->status)
		err = -EPROTO;
	return err;
}

static double sum(const unsigned short *count)
{
	double n = 0;

	for (unsigned i = 0; i < MAX_CALL; i++)
		n += count[i];
	return n;
}

void measure_calls(struct bench *b)
{
	for (unsigned i = 0; i < b->ncandidates; i++) {
		struct candidate *c = &b->candidate[i];
		struct trace t = { .count = { counts[i][0], counts[i][1], counts[i][2] } };
		int err;

		if (!c->present || c->failed || c->role == ROLE_BARE)
			continue;
		err = trace_candidate(b, c, &t);
		if (err) {
			candidate_fail(c, "it doesn't run while traced", err);
			continue;
		}
		c->value[M_CALLS_BEFORE] = sum(counts[i][BEFORE]);
		c->value[M_CALLS_CHILD] = sum(counts[i][CHILD]);
		c->value[M_CALLS_AFTER] = sum(counts[i][AFTER]);
	}
}

void phase_print(const char *title, const unsigned short *count)
{
	printf("  %-9s", title);
	for (unsigned i = 0; i < MAX_CALL; i++) {
		if (!count[i])
			continue;
		if (names[i])
			printf(" %s", names[i]);
		else
			printf(" #%u", i);
		if (count[i] > 1)
			printf("*%u", count[i]);
	}
	putchar('\n');
}

void calls_print(const struct bench *b)
{
	puts("\nwhich system calls");
	for (unsigned i = 0; i < b->ncandidates; i++) {
		const struct candidate *c = &b->candidate[i];

		if (!c->present || c->failed || c->role == ROLE_BARE)
			continue;
		puts(c->name);
		phase_print("to fork", counts[i][BEFORE]);
		phase_print("in child", counts[i][CHILD]);
		phase_print("after", counts[i][AFTER]);
	}
}
