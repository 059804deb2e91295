/* The one place that talks to rtnetlink. May not print, knows no interface and no address. */
#include "request.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

/* A dump of links comes in pieces of up to 32 KiB (NLMSG_GOODSIZE and up: netlink_dump()). */
enum { ANSWER_SIZE = 32768 };

int request_open(struct request *request)
{
	int on = 1;

	memset(request, 0, sizeof(*request));
	request->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!request->socket)
		return -errno;
	if (mnl_socket_bind(request->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		request_close(request);
		return err;
	}
	/* Before Linux 4.12 there is neither; then strerror() has to do. */
	(void)mnl_socket_setsockopt(request->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(request->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

void request_close(struct request *request)
{
	if (request->socket)
		(void)mnl_socket_close(request->socket);
	request->socket = NULL;
}

void *request_begin(struct request *request, int type, int flags, size_t size)
{
	request->msg = mnl_nlmsg_put_header(request->buf);
	request->msg->nlmsg_type = (uint16_t)type;
	request->msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	request->msg->nlmsg_seq = ++request->seq;
	return mnl_nlmsg_put_extra_header(request->msg, size);
}

static int keep_words(const struct nlattr *attr, void *arg)
{
	struct request *request = arg;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		(void)snprintf(request->words, sizeof(request->words), "%s",
			       mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int read_ack(struct request *request, const struct nlmsghdr *msg)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(msg);
	unsigned skip = sizeof(*ack);

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*ack))
		return -EBADMSG;
	/* Without NETLINK_CAP_ACK the whole request stands between the error and its words. */
	if (!(msg->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(ack->msg.nlmsg_len - MNL_NLMSG_HDRLEN);
	if (ack->error && (msg->nlmsg_flags & NLM_F_ACK_TLVS) &&
	    mnl_nlmsg_get_payload_len(msg) >= skip)
		(void)mnl_attr_parse(msg, skip, keep_words, request);
	return ack->error;
}

/* True when the answer is complete, with the kernel's verdict in *err. */
static bool read_answer(struct request *request, const char *answer, int len, int *err,
			void (*each)(const struct nlmsghdr *msg, void *arg), void *arg)
{
	const struct nlmsghdr *msg = (const void *)answer;

	for (; mnl_nlmsg_ok(msg, len); msg = mnl_nlmsg_next(msg, &len)) {
		if (msg->nlmsg_seq != request->seq)
			continue;
		if (msg->nlmsg_type == NLMSG_ERROR || msg->nlmsg_type == NLMSG_DONE) {
			*err = msg->nlmsg_type == NLMSG_ERROR ? read_ack(request, msg) : 0;
			return true;
		}
		if (each)
			each(msg, arg);
	}
	return false;
}

int request_run(struct request *request, void (*each)(const struct nlmsghdr *msg, void *arg),
		void *arg)
{
	char answer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t len;
	int err;

	request->words[0] = '\0';
	if (mnl_socket_sendto(request->socket, request->msg, request->msg->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(request->socket, answer, sizeof(answer));
		if (len < 0 && errno != EINTR)
			return -errno;
	} while (len < 0 || !read_answer(request, answer, (int)len, &err, each, arg));
	return err;
}
