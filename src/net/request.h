/* request.h - one question to the kernel's rtnetlink, and its answer: rtnetlink(7). */
#ifndef NET_REQUEST_H
#define NET_REQUEST_H

#include <libmnl/libmnl.h>

struct request {
	struct mnl_socket *socket;
	unsigned seq;
	struct nlmsghdr *msg; /* being built; ours are below 200 bytes */
	char words[192];      /* the kernel's own on the last failure; empty when it had none */
	char buf[1024] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Open a socket that answers in full sentences (NETLINK_EXT_ACK). Returns 0 or -errno. */
int request_open(struct request *request);
void request_close(struct request *request);

/* Begin request->msg: its type, NLM_F_* flags and a fixed part of size bytes, which is returned,
 * all zero. Attributes follow by mnl_attr_put_*().
 */
void *request_begin(struct request *request, int type, int flags, size_t size);

/* Send it and wait until the kernel has done it. What it lists on the way, when a message asks for
 * a list, goes to each (which may be NULL), one message a call. Returns 0, or -errno with words
 * set.
 */
int request_run(struct request *request, void (*each)(const struct nlmsghdr *msg, void *arg),
		void *arg);

#endif
