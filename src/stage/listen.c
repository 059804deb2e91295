/* Sockets that systemd, or whoever speaks its protocol, opened for the agent: sd_listen_fds(3). */
#include "enter.h"

#include "log.h"
#include "util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START */

static const char name[] = "LISTEN_PID=";

/* Meant for the launcher, which stands for the agent. */
int listen_keep(struct spec *spec)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	struct spec_confine *confine = &spec->run.confine;
	uint64_t n, whose;

	if (!pid || !fds || !util_number(pid, INT32_MAX, &whose) || (pid_t)whose != getpid())
		return 0;
	if (!util_number(fds, SANDBOX_KEEP - confine->nkeep_fd, &n)) {
		log_error("LISTEN_FDS=%s: expected at most %d descriptors", fds, SANDBOX_KEEP);
		return -EINVAL;
	}
	for (uint64_t i = 0; i < n; i++)
		confine->keep_fd[confine->nkeep_fd++] = FIRST + (int)i;
	util_sort(confine->keep_fd, confine->nkeep_fd);
	spec->run.listens = true;
	return 0;
}

/* The agent's number is known only in the agent; the text was made long enough. */
void listen_tell_pid(const struct spec *spec)
{
	for (char *const *e = spec->core.envp; spec->run.listens && *e; e++) {
		if (!strncmp(*e, name, sizeof(name) - 1))
			(void)snprintf(*e, sizeof(LISTEN_PID_ROOM), "%s%d", name, (int)getpid());
	}
}
