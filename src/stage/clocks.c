/* The sandbox's clocks. May unshare a time namespace and set its offsets, once. */
#include "clocks.h"

#include "log.h"
#include "namespaces.h"
#include "sys.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

/* Nanoseconds are counted up even where the seconds are negative. */
static void split(int64_t ns, long long *seconds, long *rest)
{
	*rest = (long)(ns % 1000000000);
	*seconds = ns / 1000000000;
	if (*rest < 0) {
		*rest += 1000000000;
		--*seconds;
	}
}

/* time_namespaces(7): to be written before anybody lives there. clone3(2) would make us the first,
 * so it is unshared, which is for children. */
int clocks_set(const struct spec_ns *ns)
{
	long long monotonic, boottime;
	long monotonic_rest, boottime_rest;
	char text[96];
	int err;

	if (unshare((int)ns_flag(NS_TIME)) < 0)
		return log_errno(-errno, "cannot make a time namespace%s",
				 errno == EINVAL ? " (this kernel has none)" : "");
	if (!ns->offsets)
		return 0;
	split(ns->monotonic_ns, &monotonic, &monotonic_rest);
	split(ns->boottime_ns, &boottime, &boottime_rest);
	(void)snprintf(text, sizeof(text), "monotonic %lld %ld\nboottime %lld %ld\n", monotonic,
		       monotonic_rest, boottime, boottime_rest);
	err = sys_write_file("/proc/self/timens_offsets", text);
	return err ? log_errno(err, "cannot set the clocks%s",
			       err == -ERANGE   ? " (none may get below zero)"
			       : err == -EACCES ? " (not in a user namespace that was joined)"
						: "")
		   : 0;
}
