/* What goes with the agent's policies, and what doesn't. Pure but for what it logs. */
#include "spec.h"

#include "log.h"

#include <errno.h>
#include <linux/capability.h>

/* seccomp(2): a filter needs either, as it could deceive a program that gains privileges. */
static bool may_load(const struct spec_confine *confine)
{
	return !confine->gain_privileges || confine->keep_rights ||
	       (confine->caps >> CAP_SYS_ADMIN & 1);
}

static const char *conflict(const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->seccomp;

	if (seccomp->listener && (seccomp->explain || seccomp->complain))
		return "--seccomp-listener: expected no --explain and no --seccomp-mode=complain "
		       "with it, as a filter has one listener";
	if (!seccomp->n && seccomp_notifies(seccomp))
		return "--explain, --seccomp-mode=complain and --seccomp-listener: expected a "
		       "policy to go with (--seccomp)";
	if (seccomp->n && !may_load(&spec->run.confine))
		return "--no-new-privs=0: expected --seccomp=none with it, or CAP_SYS_ADMIN kept, "
		       "as nobody else may load a policy";
	return NULL;
}

int spec_finish_policies(struct spec *spec)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	const char *wrong;

	if (!seccomp->given && spec->verb != VERB_INIT && !spec->run.bwrap)
		seccomp->policy[seccomp->n++] = (struct spec_policy){ .name = "default" };
	wrong = conflict(spec);
	if (!wrong)
		return 0;
	log_error("%s", wrong);
	return -EINVAL;
}
