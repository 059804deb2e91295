/* status.h - what a launcher and the PID 1 it made tell each other, over a SOCK_SEQPACKET pair. */
#ifndef STAGE_STATUS_H
#define STAGE_STATUS_H

#include "cradle.h"

enum status_type {
	STATUS_GO,       /* outside -> inside: ids are mapped, limits are set */
	STATUS_TERMINAL, /* inside -> outside: with the master of the sandbox's terminal */
	STATUS_STOPPED,  /* inside -> outside: a signal has stopped the agent */
	STATUS_CONTINUE, /* outside -> inside: it shall go on */
	STATUS_RESULT,   /* inside -> outside: the end, before the namespaces are torn down */
};

struct status_message {
	enum status_type type;
	struct cradle_result result; /* STATUS_RESULT */
	pid_t agent;           /* STATUS_STOPPED and back by STATUS_CONTINUE: as PID 1 sees it */
	int signal;            /* STATUS_STOPPED: by which */
	bool foreground;       /* STATUS_CONTINUE: of the sandbox's terminal */
	unsigned not_enforced; /* STATUS_RESULT: enum best_effort, what was given up inside */
};

/* fd: goes with it; -1: none. 0 or -errno; a dead peer is -EPIPE, no signal. */
int status_send(int socket, const struct status_message *message, int fd);

/* A descriptor and one byte, over any socket. 0 or -errno, the same. */
int status_send_fd(int socket, int fd);

/* Waits. *fd: what came with it (CLOEXEC), or -1. 0, -EPIPE when the peer is gone, or -errno. */
int status_receive(int socket, struct status_message *message, int *fd);

#endif
