/* pty.h - inside: which terminal the agent gets. PID 1 calls these once, before there is an agent.
 */
#ifndef STAGE_PTY_H
#define STAGE_PTY_H

#include "spec.h"

/* Do what run.tty says: share the caller's terminal, lead a session without one, or with one of
 * the sandbox's own, whose master the launcher gets. The root is the final one. 0, or -errno after
 * saying why. */
int pty_enter(struct spec *spec);

/* A terminal in the sandbox's own devpts becomes the controlling one of a new session that we lead,
 * and takes the place of those descriptors among 0 to 2 that are the same terminal as fd 0; used
 * tells which. It starts with the window size of that one, and with its modes unless fresh is set.
 * Returns the master (CLOEXEC), or -errno after saying why. */
int pty_make(bool used[3], bool fresh);

#endif
