/* supervise_listener.h - seccomp's user notification, seccomp_unotify(2). */
#ifndef POLICY_SUPERVISE_LISTENER_H
#define POLICY_SUPERVISE_LISTENER_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>

struct listener {
	int fd;
	size_t size; /* of what the kernel writes, which may be more than our header knows */
	struct seccomp_notif *notif;
};

/* Wait for the listener on a connected socket, one byte with SCM_RIGHTS. Returns 0; -ENOTCONN when
 * the other end went away without sending one, which isn't said; another -errno, said. */
int listener_receive(struct listener *listener, int socket);

/* Take the next call into listener->notif; it waits. Returns 1; 0 when the call is none any more
 * (its process was killed, or got a signal), which isn't the end; or -errno. */
int listener_next(struct listener *listener);

/* True as long as the call of listener->notif waits for its answer: then its pid is still its
 * process, and what was read of it is its own. */
bool listener_waits(const struct listener *listener);

/* The call doesn't happen, and returns -error. */
void listener_refuse(const struct listener *listener, int error);

/* The call goes on as if no filter had caught it. Not a security decision: what the call's pointers
 * point at may have changed. */
void listener_let_through(const struct listener *listener);

/* Accepts one with fd -1. */
void listener_close(struct listener *listener);

#endif
