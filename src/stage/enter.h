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

/* What the launcher gives the first process of the namespaces that it made. */
struct inside {
	uid_t uid; /* outside */
	gid_t gid;
	int status; /* the socket to the launcher, status.h */
	bool wait;  /* until it says so: it maps ids, sets limits or makes the network */
};
int namespace_enter(struct spec *spec, const struct inside *in);

/* The same without namespaces. */
int walled_enter(struct spec *spec);

/* A session keyring of our own instead of the caller's. 0, or -errno after saying why. */
int leave_keyring(struct spec_run *run);

/* What was asked for by options, the same in all worlds. */
int enter_asked(const struct spec_enter *enter);

/* NULL: as it is. */
int enter_hostname(const char *name);

/* Bring lo up (one ioctl; netdevice(7)). A failure is a warning. */
void enter_loopback(void);

/* What the agent finds in its environment: ours as changed by options, CRADLE_WORLD, in a VM a
 * PATH. Lives as long as the program. NULL: no memory. */
char **environment(const struct spec *spec);

/* One variable of it; NULL: there is none. */
const char *environment_get(const struct spec *spec, const char *name);

/* Forget argv, which anybody in the sandbox can read in /proc/1/cmdline; spec->core gets a copy of
 * what the agent needs. 0 or -ENOMEM. */
int scrub_words(struct spec *spec);

/* Forget environ, once no agent needs its strings any more. Until then they are hidden with all
 * other memory of a PID 1 that isn't dumpable (ptrace(2), "access mode checking"). */
void scrub_environment(const struct spec *spec);

/* Descriptors that were handed to us for the agent (sd_listen_fds(3)) are kept. 0 or -EINVAL. */
int listen_keep(struct spec *spec);

/* In the agent: LISTEN_PID in its environment, which was LISTEN_PID_ROOM so far, becomes its own.
 */
#define LISTEN_PID_ROOM "LISTEN_PID=0000000000"
void listen_tell_pid(const struct spec *spec);

/* In the agent, before its file is looked up. arg: the spec. */
int confine(void *arg);

/* In the agent, last thing before exec: load its policies. arg: the spec. */
int filter(void *arg);

/* Outside, or in PID 1 before the agent: have a program for each policy that was asked for. 0, or
 * -errno after saying why. */
int filter_find(struct spec *spec);

/* In the agent that couldn't be executed. arg: the spec. */
void exec_failed(void *arg, int err);

#endif
