/* May change nothing but the calling process. */
#include "traits.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char score_file[] = "/proc/self/oom_score_adj";

static int set_nice(int nice)
{
	if (setpriority(PRIO_PROCESS, 0, nice) == 0)
		return 0;
	return log_errno(-errno, "cannot set the niceness %d%s", nice,
			 errno == EACCES || errno == EPERM
				 ? " (less than now only as root, or as far as ulimit -e allows)"
				 : "");
}

int traits_set(const struct spec_traits *traits)
{
	if (traits->umask_given)
		(void)umask(traits->umask);
	return traits->nice_given ? set_nice(traits->nice) : 0;
}

int traits_score(int oom_score_adj)
{
	char text[16];
	int err;

	(void)snprintf(text, sizeof(text), "%d", oom_score_adj);
	err = sys_write_file(score_file, text);
	if (!err)
		return 0;
	return log_errno(err, "cannot set the OOM score %d%s", oom_score_adj,
			 err == -EACCES || err == -EPERM
				 ? " (less than the one found here only as the host's root)"
			 : err == -ENOENT ? " (there is no /proc here: mount it)"
					  : "");
}

int traits_outside(const struct spec_traits *traits, int *was)
{
	char text[16] = "";
	int err = 0;

	if (traits->nice_given && traits->nice < getpriority(PRIO_PROCESS, 0))
		err = set_nice(traits->nice);
	if (err || !traits->oom_given)
		return err;
	(void)sys_read_file(score_file, text, sizeof(text));
	*was = atoi(text);
	return traits_score(traits->oom_score_adj);
}

void traits_back(const struct spec_traits *traits, int was)
{
	char text[16];

	if (!traits->oom_given)
		return;
	(void)snprintf(text, sizeof(text), "%d", was);
	(void)sys_write_file(score_file, text);
}
