/* name.h - sandboxes by name: an abstract socket of the launcher's, which is gone with it however
 * it ends. Whoever asks is given a pidfd, so no number can come to mean another process. */
#ifndef RUN_NAME_H
#define RUN_NAME_H

#include <sys/types.h>

/* In the launcher: a socket for this name of this user, to be polled; or -errno after saying why,
 * for instance that there is such a sandbox. */
int name_claim(const char *name);

/* Somebody asked: give PID 1 to whoever has our uid. pid: a child not reaped yet. */
void name_answer(int socket, pid_t pid);

/* In somebody else: the pidfd of PID 1 of the sandbox of that name, or -errno after saying why. */
int name_find(const char *name);

#endif
