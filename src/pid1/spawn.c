/* Fork the agent and make the child fit to be one: group, terminal, signals, rights, exec.
 * The child may log and exit; it never returns into the supervisor's loop. */
#include "supervisor.h"

#include "log.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* AddressSanitizer knows only the stacks that it made itself. */
#ifdef __SANITIZE_ADDRESS__
#define MAY_SHARE false
#else
#define MAY_SHARE true
#endif

enum { CHILD_STACK = 1 << 15 };

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

extern char **environ;

/* In the child's hands until it executes. */
static _Alignas(4096) char child_stack[CHILD_STACK];

/* The descriptor of our controlling terminal among 0 to 2, or -1. */
static int terminal_fd(void)
{
	pid_t group;

	for (int fd = 0; fd <= 2; fd++) {
		if (ioctl(fd, TIOCGPGRP, &group) == 0)
			return fd;
	}
	return -1;
}

/* Where the agent belongs among process groups:
 *
 * - no terminal: in a group of its own, so that its kill(0) can't reach us;
 * - we lead the session (a container with -t): in a group of its own, in the foreground;
 * - we are a job of somebody's shell: in *our* group. Then ^C, ^Z and fg reach the agent, us, the
 *   launcher outside the PID namespace and the rest of the pipeline alike, as the shell expects.
 *   Taking the foreground away would stop `cradle … | less`. Asked to signal a group
 *   (-g), it still needs one of its own.
 */
static void place(struct agent *agent, const struct cradle_config *config)
{
	int tty = config->flags & CRADLE_NO_TERMINAL ? -1 : terminal_fd();

	agent->terminal = tty >= 0;
	agent->own_group = tty < 0 || getsid(0) == getpid() ||
			   config->target == CRADLE_TARGET_GROUP ||
			   (config->flags & CRADLE_NEW_SESSION);
}

/* Only the foreground may hand the foreground on: tcsetpgrp(3) from a background job would take
 * the terminal away from the shell. SIGTTOU is blocked, so this can't stop us. */
static void hand_on_foreground(pid_t from, pid_t to)
{
	pid_t front;
	int tty = terminal_fd();

	if (tty >= 0 && ioctl(tty, TIOCGPGRP, &front) == 0 && front == from)
		(void)ioctl(tty, TIOCSPGRP, &to);
}

void spawn_foreground(const struct agent *agent)
{
	if (agent->own_group)
		hand_on_foreground(getpgrp(), agent->pid);
}

void spawn_take_foreground_back(const struct agent *agent)
{
	if (agent->own_group && agent->group)
		hand_on_foreground(agent->group, getpgrp());
}

static void enter_group(const struct agent *agent, const struct cradle_config *config)
{
	pid_t group = getpgrp();

	if (config->flags & CRADLE_NEW_SESSION) {
		/* PID 1 of a VM has session 0 and process group 0. The agent takes the console as
		 * its terminal so that ^C meets the agent and never PID 1. */
		(void)setsid();
		if (!(config->flags & CRADLE_NO_TERMINAL))
			(void)ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	} else if (agent->own_group) {
		(void)setpgid(0, 0);
		if (agent->terminal && !(config->flags & CRADLE_BACKGROUND))
			hand_on_foreground(group, getpid());
	}
}

/* Dispositions first, then the mask: what was sent since the fork is pending and now meets
 * the disposition that the agent's parent chose, or kills, instead of getting lost. */
static void give_signals_back(const struct supervisor *s)
{
	static const struct sys_sigaction dfl;

	if (s->config->flags & CRADLE_RESET_SIGNALS) {
		for (int sig = 1; sig < CRADLE_NSIG; sig++)
			sys_sigaction(sig, &dfl, NULL);
		sys_sigmask(0, NULL);
		return;
	}
	sys_sigaction(SIGCHLD, &s->inherited.child, NULL);
	sys_sigmask(s->inherited.mask, NULL);
}

static const char *path_of(char *const *envp)
{
	for (; *envp; envp++) {
		if (!strncmp(*envp, "PATH=", 5))
			return *envp + 5;
	}
	return "/usr/local/bin:/usr/bin:/bin";
}

/* 0: a program; -EACCES: it's there, but isn't one; -ENOENT. */
static int judge(const char *file)
{
	struct stat st;

	/* Of a directory X_OK means that it may be searched. */
	if (access(file, X_OK) == 0)
		return stat(file, &st) == 0 && S_ISREG(st.st_mode) ? 0 : -EACCES;
	/* A directory that can't be searched has nothing to say about the file. */
	return errno == EACCES && access(file, F_OK) == 0 ? -EACCES : -ENOENT;
}

/* What execvpe(3) would execute, which no filter has to allow that is loaded after it. The same
 * with every C library: no /bin/sh for files without #!. Returns 0, or -errno; in file, with a path
 * if it was there. */
static int look_up(const char *name, const char *path, char file[PATH_MAX])
{
	char at[PATH_MAX];
	int err = -ENOENT;

	(void)util_put(file, file + PATH_MAX, name);
	if (!*name || strlen(name) >= PATH_MAX)
		return *name ? -ENAMETOOLONG : -ENOENT;
	if (strchr(name, '/'))
		return 0;
	for (;;) {
		size_t len = strcspn(path, ":");
		int n = snprintf(at, sizeof(at), "%.*s%s%s", (int)len, path, len ? "/" : "", name);
		int this = n > 0 && (size_t)n < sizeof(at) ? judge(at) : -ENOENT;

		if (this != -ENOENT)
			(void)strcpy(file, at);
		if (this == 0)
			return 0;
		err = this == -EACCES ? this : err;
		if (!path[len])
			return err;
		path += len + 1;
	}
}

static const char *exec_fix(const char *file, int err)
{
	if (err == -ENOENT && strchr(file, '/') && access(file, F_OK) == 0)
		return " (its interpreter or loader, named in its first line or ELF header, is "
		       "missing)";
	if (!*file)
		return "an agent without a name";
	if (err == -ENOENT)
		return strchr(file, '/') ? "" : " (it is in no directory of PATH)";
	if (err == -EACCES)
		return " (it needs execute permission, all directories above too, and no noexec "
		       "mount)";
	if (err == -ENOEXEC)
		return " (built for another architecture, or a script without a #! line)";
	return "";
}

/* A filter that lets nobody exit, either, would have _exit(3) try for ever. */
static _Noreturn void leave(int code)
{
	(void)syscall(SYS_exit_group, code);
	__builtin_trap();
}

/* -errno in errno(3)'s words, and the code that goes with it. */
static _Noreturn void cannot_execute(const struct cradle_config *config, const char *file, int err)
{
	const char *fix = err == -EACCES && config->denied ? config->denied : exec_fix(file, err);

	(void)log_errno(err, "cannot execute %s%s", file, fix);
	if (config->exec_failed)
		config->exec_failed(config->arg, err);
	leave(err == -ENOENT && !(strchr(file, '/') && *fix) ? CRADLE_EXIT_NOT_FOUND
							     : CRADLE_EXIT_CANNOT_EXEC);
}

_Noreturn void spawn_run_agent(const struct supervisor *s)
{
	const struct cradle_config *config = s->config;
	char *const *envp = config->envp ? config->envp : environ;
	char file[PATH_MAX];
	int err = s->cwd >= 0 && fchdir(s->cwd) < 0 ? -errno : 0;

	if (err)
		(void)log_errno(err, "cannot return to the agent's directory");
	else if (config->confine)
		err = config->confine(config->arg);
	if (err)
		_exit(CRADLE_EXIT_FAILURE);
	err = look_up(config->file ? config->file : config->argv[0], path_of(envp), file);
	if (err)
		cannot_execute(config, file, err);
	give_signals_back(s);
	/* From here on nothing but execve(2), the only call that a filter must allow. */
	if (config->filter && config->filter(config->arg))
		_exit(CRADLE_EXIT_FAILURE);
	(void)execve(file, config->argv, envp);
	cannot_execute(config, file, -errno);
}

static int child(void *arg)
{
	const struct supervisor *s = arg;

	enter_group(&s->agent, s->config);
	spawn_run_agent(s);
}

void spawn_trim(void)
{
	memory_drop(child_stack, CHILD_STACK);
}

/* Returns the child's pid or -errno; where the child has no argv to execute, 0 in it. */
static pid_t fork_agent(struct supervisor *s)
{
	int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
	pid_t pid;

	s->agent.pidfd = -1;
	if (!s->config->argv) {
		/* The child goes on as a C program: the library must know of its fork. */
		pid = fork();
		return pid < 0 ? -errno : pid;
	}
	if (MAY_SHARE && (s->config->flags & CRADLE_SHARE_MEMORY)) {
		/* Who settles late opens one only then. */
		if (s->config->flags & CRADLE_SETTLE_LATE)
			flags &= ~CLONE_PIDFD;
		pid = clone(child, child_stack + CHILD_STACK, flags, s, &s->agent.pidfd);
		pid = pid < 0 ? -errno : pid;
	} else {
		pid = sys_fork_pidfd(&s->agent.pidfd);
	}
	/* No descriptor left: the pidfd is a luxury. */
	if (pid == -EMFILE || pid == -ENFILE) {
		pid = fork();
		pid = pid < 0 ? -errno : pid;
	}
	if (pid == 0)
		(void)child(s);
	return pid;
}

int spawn_agent(struct supervisor *s)
{
	struct agent *agent = &s->agent;
	pid_t pid;

	place(agent, s->config);
	pid = fork_agent(s);
	if (pid < 0)
		return (int)pid;
	if (pid == 0) {
		enter_group(agent, s->config);
		give_signals_back(s);
		return 1;
	}
	/* Not reaped before we say so: the number is still the agent's. */
	if (!s->config->argv)
		agent->pidfd = sys_pidfd_open(pid);
	agent->pid = agent->group = pid;
	return 0;
}
