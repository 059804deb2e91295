/* listener.h - let somebody else answer the calls that a filter refuses (seccomp_unotify(2)). */
#ifndef STAGE_LISTENER_H
#define STAGE_LISTENER_H

#include <linux/filter.h>
#include <stdbool.h>

/* Load a program and send its listener over a socket. It is a thread of ours that sends it, without
 * that filter, as sending may be just what the filter refuses. No call but seccomp(2) is made once
 * it is loaded. wait: return when it was received, too. 0, or -errno. If it can't be sent, that
 * thread says so and ends the process. */
int listener_load(const struct sock_fprog *program, int socket, bool wait);

#endif
