/* Take notifications and answer them. May not look at what they say. */
#include "supervise_listener.h"

#include "log.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.6, newer than some headers. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
enum { SYNC_WAKE_UP = 1 };

static int receive_fd(int socket)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &data,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	const struct cmsghdr *header;
	ssize_t n;
	int fd;

	do
		n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -ENOTCONN : -errno;
	header = CMSG_FIRSTHDR(&msg);
	if (n == 0)
		return -ENOTCONN;
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

int listener_receive(struct listener *listener, int socket)
{
	struct seccomp_notif_sizes sizes;

	listener->notif = NULL;
	listener->fd = receive_fd(socket);
	if (listener->fd == -ENOTCONN)
		return -ENOTCONN;
	if (listener->fd < 0)
		return log_errno(listener->fd, "cannot receive the seccomp listener");
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return log_errno(-errno, "cannot ask for the size of seccomp's notifications");
	listener->size = sizes.seccomp_notif > sizeof(*listener->notif) ? sizes.seccomp_notif
									: sizeof(*listener->notif);
	listener->notif = calloc(1, listener->size);
	if (!listener->notif)
		return log_errno(-ENOMEM, "cannot receive seccomp's notifications");
	/* The two sides wait for each other in turns, so one CPU serves both, five times faster.
	 * Only a wish: older kernels don't know it. */
	(void)ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP);
	return 0;
}

int listener_next(struct listener *listener)
{
	/* The kernel refuses anything but zeroes: seccomp_notify_recv(). */
	memset(listener->notif, 0, listener->size);
	if (ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, listener->notif) == 0)
		return 1;
	return errno == ENOENT || errno == EINTR ? 0 : -errno;
}

bool listener_waits(const struct listener *listener)
{
	return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &listener->notif->id) == 0;
}

static void answer(const struct listener *listener, int error, uint32_t flags)
{
	struct seccomp_notif_resp answer = { .id = listener->notif->id,
					     .error = -error,
					     .flags = flags };

	/* ENOENT: the process was killed while it waited. EINTR can only come before the answer
	 * was taken. */
	while (ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0 && errno == EINTR)
		;
}

void listener_refuse(const struct listener *listener, int error)
{
	answer(listener, error, 0);
}

void listener_let_through(const struct listener *listener)
{
	answer(listener, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

void listener_close(struct listener *listener)
{
	free(listener->notif);
	listener->notif = NULL;
	if (listener->fd >= 0)
		(void)close(listener->fd);
	listener->fd = -1;
}
