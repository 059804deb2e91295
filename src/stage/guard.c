/* Which of the policies in guard/ hold for the agent; they are compiled when cradle is built. */
#include "guard.h"

#include "log.h"
#include "shipped.h"

#include "guard_policies.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const char *name)
{
	const struct shipped_policy *policy = shipped;
	struct sock_fprog program;

	while (strcmp(policy->name, name) != 0)
		policy++;
	program = (struct sock_fprog){ (unsigned short)policy->len,
				       (struct sock_filter *)(uintptr_t)policy->insn };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return 0;
	return log_errno(-errno, "cannot guard the agent's %s by a seccomp filter", name);
}

static bool has_ports(const struct spec_landlock *landlock)
{
	return landlock && landlock->ruleset >= 0 &&
	       (landlock->net[LANDLOCK_BIND].given || landlock->net[LANDLOCK_CONNECT].given);
}

int guard_enter(const struct spec *spec)
{
	int err = spec->run.walled ? load("limits") : 0;

	if (!err && has_ports(spec->run.confine.landlock))
		err = load("tcp");
	return err;
}
