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
	char text[512];

	cgroup_read(cg, usage);
	cgroup_remove(cg);
	log_info("limits: {%s}", limited_json(usage, cg->dropped, text, sizeof(text)));
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

/* What isn't known is null. */
static const char *number(uint64_t value, char buf[24])
{
	(void)snprintf(buf, 24, value ? "%llu" : "null", (unsigned long long)value);
	return buf;
}

const char *limited_json(const struct cgroup_usage *usage, unsigned missing, char *buf, size_t size)
{
	char memory[24], pids[24], cpu[24], names[64] = "";
	size_t len = 0;

	missing |= usage ? usage->lost : 0;
	for (unsigned bit = LIMIT_MEMORY; bit <= LIMIT_RLIMIT; bit <<= 1) {
		if (missing & bit)
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s\"%s\"",
						len ? "," : "", limit_name(bit));
	}
	if (!usage)
		(void)snprintf(buf, size, "\"cgroup\":null,\"not_enforced\":[%s]", names);
	else
		(void)snprintf(buf, size,
			       "\"cgroup\":{\"memory_peak\":%s,\"oom_kills\":%llu,\"pids_peak\":%s,"
			       "\"forks_denied\":%llu,\"cpu_us\":%s},\"not_enforced\":[%s]",
			       number(usage->memory_peak, memory),
			       (unsigned long long)usage->oom_kills, number(usage->pids_peak, pids),
			       (unsigned long long)usage->forks_denied,
			       number(usage->cpu_usec, cpu), names);
	return buf;
}
