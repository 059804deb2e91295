/* Names of sandboxes (unix(7), abstract sockets). May hold one socket, and open PID 1's pidfd.
 *
 * The address belongs to the network namespace, where anybody can take it: another user, or an
 * agent that shares the host's network. So who asks believes only a process of his own user which
 * is in no sandbox: it has the mount namespace that he has. */
#include "name.h"

#include "log.h"
#include "status.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, PATIENCE_S = 3 };

static int make(const char *name, unsigned flags, struct sockaddr_un *address, socklen_t *len)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | (int)flags, 0);
	int n;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "cradle/%u/%s",
		     geteuid(), name);
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
	return fd < 0 ? log_errno(-errno, "cannot make a socket") : fd;
}

int name_claim(const char *name)
{
	struct sockaddr_un address;
	socklen_t len;
	int fd = make(name, SOCK_NONBLOCK, &address, &len);
	int err = 0;

	if (fd < 0)
		return fd;
	if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, BACKLOG) < 0)
		err = -errno;
	if (!err)
		return fd;
	(void)close(fd);
	return log_errno(err, "cannot call the sandbox %s%s", name,
			 err == -EADDRINUSE ? " (there is one of that name)" : "");
}

static bool is_user(int socket, pid_t *pid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	*pid = peer.pid;
	return peer.uid == geteuid();
}

void name_answer(int socket, pid_t pid)
{
	static const struct status_message message = { .type = STATUS_GO };
	int fd = accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int pidfd = fd < 0 ? -1 : sys_pidfd_open(pid);
	pid_t who;

	if (pidfd >= 0 && is_user(fd, &who))
		(void)status_send(fd, &message, pidfd);
	if (pidfd >= 0)
		(void)close(pidfd);
	if (fd >= 0)
		(void)close(fd);
}

static bool is_outside(pid_t pid)
{
	struct stat ours, theirs;
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return stat("/proc/self/ns/mnt", &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static const char *find_fix(int err)
{
	switch (err) {
	case -ECONNREFUSED:
		return " (this user has none of that name here; its launcher's pid does as well)";
	case -EAGAIN:
		return " (its launcher doesn't answer: is it stopped?)";
	case -EACCES:
		return " (the name is held by a process that isn't this user's, or is in a "
		       "sandbox itself)";
	default:
		return "";
	}
}

static int ask(int fd, const struct sockaddr_un *address, socklen_t len)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct status_message message;
	int pidfd, err;
	pid_t pid;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)address, len) < 0)
		return -errno;
	if (!is_user(fd, &pid) || !is_outside(pid))
		return -EACCES;
	err = status_receive(fd, &message, &pidfd);
	return err ? err : pidfd < 0 ? -EPROTO : pidfd;
}

int name_find(const char *name)
{
	struct sockaddr_un address;
	socklen_t len;
	int fd = make(name, 0, &address, &len);
	int pidfd = fd < 0 ? fd : ask(fd, &address, len);

	if (fd < 0)
		return fd;
	(void)close(fd);
	return pidfd < 0 ? log_errno(pidfd, "cannot find the sandbox %s%s", name, find_fix(pidfd))
			 : pidfd;
}
