/* The agent's seccomp program. Runs in the child, after everything else: what a policy refuses is
 * refused from here on, so it makes one call, seccomp(2). */
#include "enter.h"

#include "listener.h"
#include "log.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *fix(int err, bool listener)
{
	switch (err) {
	case -EINVAL:
		return listener ? " (its program is wrong, or this kernel is older than Linux 5.5)"
				: " (its program is wrong)";
	case -EACCES:
		return " (only with no_new_privs, or CAP_SYS_ADMIN)";
	case -EBUSY:
		return " (one with a listener is on us already)";
	case -EAGAIN:
		return " (its listener takes a thread, which --pids counts, too)";
	default:
		return "";
	}
}

static int load(const struct spec_seccomp *seccomp)
{
	if (seccomp_notifies(seccomp))
		return listener_load(&seccomp->program, seccomp->listener,
				     seccomp->explain || seccomp->complain);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &seccomp->program) < 0 ? -errno : 0;
}

int filter(void *arg)
{
	const struct spec *spec = arg;
	int err;

	err = load(&spec->seccomp);
	if (!err)
		return 0;
	(void)log_errno(err, "cannot load the seccomp filter%s",
			fix(err, seccomp_notifies(&spec->seccomp)));
	exec_failed(arg, err);
	return err;
}
