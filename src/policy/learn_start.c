/* Start cradle run with a listener, wait for it. */
#include "learn_start.h"

#include "cradle.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool is_there(const char *path)
{
	return access(path, X_OK) == 0;
}

/* Beside this program in a build tree, in PREFIX/bin from PREFIX/libexec/cradle, or in PATH. */
static void find_cradle(char path[PATH_MAX])
{
	static const char *const below[] = { "/cradle", "/../../bin/cradle" };
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	if (strrchr(exe, '/'))
		*strrchr(exe, '/') = '\0';
	for (size_t i = 0; n > 0 && i < sizeof(below) / sizeof(below[0]); i++) {
		if (snprintf(path, PATH_MAX, "%s%s", exe, below[i]) < PATH_MAX && is_there(path))
			return;
	}
	(void)snprintf(path, PATH_MAX, "cradle");
}

/* Its answer doesn't matter, as every answer but "allow" is notified of. */
static int make_program(void)
{
	static const struct sock_filter refuse =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	int fd = memfd_create("learn", 0);

	if (fd >= 0 && pwrite(fd, &refuse, sizeof(refuse), 0) == sizeof(refuse))
		return fd;
	return log_errno(-errno, "cannot make a seccomp program");
}

static void execute(char **argv, int socket)
{
	char path[PATH_MAX];

	sys_sigmask(0, NULL);
	(void)fcntl(socket, F_SETFD, 0);
	find_cradle(path);
	(void)execvpe(path, argv, environ);
	(void)log_errno(-errno, "cannot execute %s", path);
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}

/* What would end us, so that the file is written all the same. */
static int block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGQUIT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int learn_start(struct learn_child *child, char **argv)
{
	static char socket_word[16], program_word[16];
	int program = make_program(), pair[2];

	if (program < 0)
		return program;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return log_errno(-errno, "cannot make a socket");
	(void)snprintf(socket_word, sizeof(socket_word), "%d", pair[1]);
	(void)snprintf(program_word, sizeof(program_word), "fd:%d", program);
	argv[2] = (char *)"--seccomp-listener";
	argv[3] = socket_word;
	argv[4] = (char *)"--seccomp";
	argv[5] = program_word;
	child->socket = pair[0];
	child->signals = block_signals();
	child->pid = sys_fork_pidfd(&child->pidfd);
	if (child->pid == 0)
		execute(argv, pair[1]);
	(void)close(pair[1]);
	(void)close(program);
	if (child->pid < 0)
		return log_errno(child->pid, "cannot fork for cradle run");
	return 0;
}

int learn_wait(struct learn_child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	(void)close(child->socket);
	(void)close(child->signals);
	if (child->pidfd >= 0)
		(void)close(child->pidfd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
