/* enter.h - what PID 1 does on entering its world, before there is an agent.
 *
 * Each returns 0, or -errno after saying what failed. What a user asked for by an option fails
 * loudly; what init does by itself is tried, and a failure is a warning.
 */
#ifndef STAGE_ENTER_H
#define STAGE_ENTER_H

#include "spec.h"

/* VM, before anything was read: /dev, /proc, /sys and descriptors 0 to 2. */
void vm_enter_early(void);

/* VM: the rest of an init's duties. Adds the power buttons to spec->core, in storage that lives as
 * long as the program. */
int vm_enter(struct spec *spec);

/* VM, after the last process: unmount. */
void vm_leave(void);

/* The first process of the namespaces that `cradle run` made; ids is mapped to 0. */
struct namespace_ids {
	uid_t uid;
	gid_t gid;
};
int namespace_enter(const struct spec *spec, struct namespace_ids ids);

/* What was asked for by options, the same in all worlds. */
int enter_asked(const struct spec_enter *enter);

/* Bring lo up (one ioctl; netdevice(7)). A failure is a warning. */
void enter_loopback(void);

/* What the agent finds in its environment: ours, CRADLE_WORLD, in a VM a PATH. Lives as long as the
 * program. NULL: no memory. */
char **environment(enum world world);

/* In the agent, last thing before exec. arg: the spec. */
int confine(void *arg);

#endif
