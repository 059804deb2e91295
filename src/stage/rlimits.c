/* Resource limits: raised outside, set in the agent alone. PID 1 keeps its own. */
#include "rlimits.h"

#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/resource.h>

static int raise_hard(struct spec_rlimit *wanted, bool best_effort, bool *less)
{
	struct rlimit own;

	if (getrlimit(wanted->resource, &own) < 0)
		return log_errno(-errno, "cannot read the limit %s",
				 limits_rlimit_name(wanted->resource));
	if (wanted->hard <= own.rlim_max)
		return 0;
	if (setrlimit(wanted->resource, &(struct rlimit){ own.rlim_cur, wanted->hard }) == 0)
		return 0;
	if (!best_effort)
		return log_errno(-errno,
				 "cannot raise the limit %s (our own hard limit is %" PRIu64
				 ", see ulimit -H; or --best-effort rlimit)",
				 limits_rlimit_name(wanted->resource), (uint64_t)own.rlim_max);
	wanted->hard = own.rlim_max;
	if (wanted->soft > wanted->hard)
		wanted->soft = wanted->hard;
	*less = true;
	return 0;
}

int rlimits_raise(struct spec_limits *limits, bool best_effort, bool *less)
{
	int err = 0;

	*less = false;
	for (unsigned i = 0; i < limits->nrlimits && !err; i++)
		err = raise_hard(&limits->rlimit[i], best_effort, less);
	return err;
}

int rlimits_apply(const struct spec_limits *limits)
{
	for (unsigned i = 0; i < limits->nrlimits; i++) {
		const struct spec_rlimit *wanted = &limits->rlimit[i];

		if (setrlimit(wanted->resource, &(struct rlimit){ wanted->soft, wanted->hard }) < 0)
			return log_errno(-errno, "cannot set the limit %s",
					 limits_rlimit_name(wanted->resource));
	}
	return 0;
}
