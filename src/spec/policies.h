/* policies.h - the policies of an agent, as they were asked for. Plain data. */
#ifndef SPEC_POLICIES_H
#define SPEC_POLICIES_H

#include <linux/filter.h>
#include <stdbool.h>
#include <sys/types.h>

enum { SECCOMP_POLICIES = 16 };

/* The exit code of cradle policy supervise if a process died for what was refused to it. */
enum { SUPERVISE_ENDED = 1 };

struct spec_policy {
	const char *name;          /* of a shipped one, or a path; fd:N or N: a descriptor's */
	struct sock_fprog program; /* filter NULL: not found yet */
	bool from_fd;
	int fd; /* the number that it had, which is closed */
};

struct spec_seccomp {
	struct spec_policy
		policy[SECCOMP_POLICIES]; /* all must allow; of refusals the last counts */
	unsigned n;
	bool given;                /* also as none: no default */
	bool one;                  /* bwrap's --seccomp: the last one alone */
	bool complain;             /* tell what they'd refuse, and let it pass */
	bool explain;              /* tell what they refuse */
	int listener;              /* a socket that gets the listener of refused calls; 0: none */
	pid_t *explainer;          /* in memory shared with the child that starts it; init's */
	struct sock_fprog program; /* of all of them; len 0: none */
};

/* Somebody hears of the calls that are refused. */
static inline bool seccomp_notifies(const struct spec_seccomp *seccomp)
{
	return seccomp->complain || seccomp->explain || seccomp->listener;
}

#endif
