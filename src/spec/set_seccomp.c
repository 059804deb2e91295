/* How the options are read that say what the agent may ask of the kernel. May only write into the
 * spec, and read what a descriptor on the command line holds. */
#include "setters.h"

#include "bpf.h"
#include "log.h"
#include "util.h"

#include <string.h>

static const char *add_policy(struct spec *spec, const char *name, const char *fd)
{
	struct spec_seccomp *seccomp = &spec->seccomp;
	struct spec_policy *policy = &seccomp->policy[seccomp->n];
	const char *wrong = NULL;

	seccomp->given = true;
	if (seccomp->n == SECCOMP_POLICIES)
		return "expected at most 16 policies";
	if (fd)
		wrong = set_fd(&policy->fd, fd);
	if (fd && !wrong)
		wrong = bpf_read(&policy->program, policy->fd);
	if (wrong)
		return wrong;
	policy->name = name;
	policy->from_fd = fd;
	seccomp->n++;
	return NULL;
}

/* bwrap's rules: the last --seccomp is the only one, and many are --add-seccomp-fd. */
static const char *set_only_fd(struct spec *spec, const char *value)
{
	struct spec_seccomp *seccomp = &spec->seccomp;

	if (seccomp->n && !seccomp->one)
		return "expected no --add-seccomp-fd with it";
	if (seccomp->one)
		log_warn("only the last --seccomp has an effect");
	seccomp->n = 0;
	seccomp->one = true;
	return add_policy(spec, value, value);
}

const char *set_seccomp(struct spec *spec, const char *value)
{
	const char *fd = util_after(value, "fd:");
	uint64_t number;

	if (!*value)
		return "expected none, the name or path of a policy, or fd:N";
	if (spec->run.bwrap && strcmp(value, "none"))
		return set_only_fd(spec, value);
	if (!strcmp(value, "none")) {
		spec->seccomp.n = 0;
		spec->seccomp.given = true;
		return NULL;
	}
	/* bwrap's way to write fd:N. */
	if (util_number(value, INT32_MAX, &number))
		fd = value;
	return add_policy(spec, value, fd);
}

const char *set_add_seccomp_fd(struct spec *spec, const char *value)
{
	if (spec->seccomp.one)
		return "expected no --seccomp with it";
	return add_policy(spec, value, value);
}

const char *set_seccomp_mode(struct spec *spec, const char *value)
{
	if (strcmp(value, "enforce") && strcmp(value, "complain"))
		return "expected enforce or complain";
	spec->seccomp.complain = *value == 'c';
	return NULL;
}

const char *set_explain(struct spec *spec, const char *value)
{
	return set_bool(&spec->seccomp.explain, value);
}

const char *set_seccomp_listener(struct spec *spec, const char *value)
{
	const char *wrong = set_fd(&spec->seccomp.listener, value);

	return wrong || spec->seccomp.listener > 2
		       ? wrong
		       : "expected a socket above 2, as those below are the agent's";
}
