/* The agent's seccomp programs. Runs in the child, after everything else: what a policy refuses is
 * refused from here on, so it may make no other call than seccomp(2). */
#include "enter.h"

#include "log.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const struct sock_fprog *program)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) == 0)
		return 0;
	return log_errno(-errno, "cannot load the seccomp filter%s",
			 errno == EINVAL   ? " (its program is wrong)"
			 : errno == EACCES ? " (only with no_new_privs, or CAP_SYS_ADMIN)"
					   : "");
}

int filter(void *arg)
{
	const struct spec *spec = arg;
	const struct spec_seccomp *seccomp = &spec->seccomp;
	int err = 0;

	for (unsigned i = 0; i < seccomp->n && !err; i++)
		err = load(&seccomp->policy[i].program);
	if (err)
		exec_failed(arg, err);
	return err;
}
