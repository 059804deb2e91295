/* The order in which limits come and go. Outside, but for limited_inside(). */
#include "limited.h"

#include "log.h"
#include "namespaces.h"
#include "rlimits.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

static void warn_of(unsigned bits, const char *what)
{
	for (unsigned bit = LIMIT_MEMORY; bit <= LIMIT_RLIMIT; bit <<= 1) {
		if (bits & bit)
			log_warn("%s %s", limit_name(bit), what);
	}
}

int limited_begin(struct cgroup *cg, struct spec_run *run, unsigned *missing)
{
	bool less;
	int err = rlimits_raise(&run->limits, run->best_effort & LIMIT_RLIMIT, &less);

	if (!err)
		err = cgroup_make(cg, &run->limits, run->best_effort);
	if (err)
		return err;
	*missing = cg->dropped | (less ? LIMIT_RLIMIT : 0U);
	warn_of(*missing, "is less limited than asked for, as --best-effort allows");
	return 0;
}

int limited_inside(struct cgroup *cg, const struct spec_run *run)
{
	const bool anew = cgroup_used(cg) && (run->ns.unshare >> NS_CGROUP & 1);
	int err = cgroup_join(cg);

	if (!err && anew && unshare((int)ns_flag(NS_CGROUP)) < 0)
		err = log_errno(-errno, "cannot make a cgroup namespace");
	cgroup_release(cg);
	return err;
}

void limited_end(struct cgroup *cg, struct cgroup_usage *usage)
{
	char text[256];

	cgroup_read(cg, usage);
	cgroup_remove(cg);
	log_info("limits: %s", limited_json(usage, text, sizeof(text)));
	if (usage->oom_kills)
		log_warn("the sandbox reached its limit of memory: %llu %s killed",
			 (unsigned long long)usage->oom_kills,
			 usage->oom_kills == 1 ? "process was" : "processes were");
	if (usage->forks_denied)
		log_warn("the sandbox reached its limit of processes: %llu %s refused",
			 (unsigned long long)usage->forks_denied,
			 usage->forks_denied == 1 ? "was" : "were");
	warn_of(usage->lost, "was not limited to the end: somebody took its controller away");
}

const char *limited_json(const struct cgroup_usage *usage, char *buf, size_t size)
{
	(void)snprintf(
		buf, size,
		"\"cgroup\": { \"memory-peak\": %llu, \"pids-peak\": %llu, \"cpu-us\": %llu, "
		"\"oom-kills\": %llu, \"forks-denied\": %llu }",
		(unsigned long long)usage->memory_peak, (unsigned long long)usage->pids_peak,
		(unsigned long long)usage->cpu_usec, (unsigned long long)usage->oom_kills,
		(unsigned long long)usage->forks_denied);
	return buf;
}
