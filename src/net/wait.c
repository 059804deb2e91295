/* Wait by the kernel's notifications. May not ask again on a timer. */
#include "wait.h"

#include "rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <time.h>

static long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static struct mnl_socket *open_notifications(unsigned groups)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (socket && mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		int err = errno;

		(void)mnl_socket_close(socket);
		errno = err;
		return NULL;
	}
	return socket;
}

/* Sleep until something changed. What did doesn't matter, and may be lost (ENOBUFS): the caller
 * asks for the one thing it wants. */
static int sleep_until_news(struct mnl_socket *socket, long long until_ms)
{
	struct pollfd news = { .fd = mnl_socket_get_fd(socket), .events = POLLIN };
	char buf[4096];

	for (;;) {
		long long left_ms = until_ms - now_ms();
		int n = left_ms > 0 ? poll(&news, 1, (int)left_ms) : 0;

		if (n == 0)
			return -ENODEV;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			break;
	}
	while (recv(news.fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS || errno == EINTR)
		;
	return 0;
}

/* probe returns -ENODEV as long as what it asks for isn't there. */
static int wait_until(struct request *request, unsigned groups, unsigned limit_ms,
		      int (*probe)(struct request *request, const void *arg), const void *arg)
{
	long long until_ms = now_ms() + limit_ms;
	int found = probe(request, arg);
	struct mnl_socket *socket;
	int err = 0;

	if (found != -ENODEV)
		return found;
	socket = open_notifications(groups);
	if (!socket)
		return -errno;
	/* Asked again after subscribing: it may have come just between. */
	while ((found = probe(request, arg)) == -ENODEV && !err)
		err = sleep_until_news(socket, until_ms);
	(void)mnl_socket_close(socket);
	return found;
}

static int probe_link(struct request *request, const void *arg)
{
	return rtnl_link_find(request, arg);
}

int wait_for_link(struct request *request, const char *ifname, unsigned limit_ms)
{
	return wait_until(request, RTMGRP_LINK, limit_ms, probe_link, ifname);
}

static int probe_address(struct request *request, const void *arg)
{
	return rtnl_addr_is_local(request, arg) ? 0 : -ENODEV;
}

int wait_for_address(struct request *request, const struct net_ip *ip, unsigned limit_ms)
{
	return wait_until(request, RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE, limit_ms, probe_address,
			  ip);
}
