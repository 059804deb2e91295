/* join.h - namespaces that are there already, entered by the launcher for what it will clone. */
#ifndef RUN_JOIN_H
#define RUN_JOIN_H

#include "sandbox.h"

/* Open what --join names, and see that each is what it was said to be. 0, or -errno after saying
 * which one isn't. */
int join_open(struct spec_ns *ns);

/* Enter all but the mount namespace, which PID 1 does when nothing of the host's is needed any
 * more. The launcher itself stays in its PID namespace. run->uid and run->gid become what they are
 * called there. 0, or -errno after saying why. */
int join_enter(struct spec_run *run);

/* Open a file that may be a namespace's. The descriptor, or -errno. */
int join_open_file(const char *path);

/* True if fd is a namespace of that kind. */
bool join_is_kind(int fd, enum ns_kind kind);

/* True if the namespace at fd is the one that we are in. */
bool join_is_ours(int fd, enum ns_kind kind);

#endif
