/* The socket between launcher and PID 1. */
#include "status.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static int send_with(int socket, const void *bytes, size_t len, int fd)
{
	struct iovec data = { (void *)(uintptr_t)bytes, len };
	union control control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS } };
	struct msghdr msg = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int status_send(int socket, const struct status_message *message, int fd)
{
	return send_with(socket, message, sizeof(*message), fd);
}

int status_send_fd(int socket, int fd)
{
	return send_with(socket, "", 1, fd);
}

int status_receive(int socket, struct status_message *message, int *fd)
{
	struct iovec data = { message, sizeof(*message) };
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = &data,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);

	*fd = -1;
	if (n < 0)
		return -errno;
	if (msg.msg_controllen && control.head.cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(&control.head), sizeof(*fd));
	return n == sizeof(*message) ? 0 : -EPIPE;
}
