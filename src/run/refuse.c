/* May do nothing but look. */
#include "refuse.h"

#include "log.h"

#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

int refuse_setuid(void)
{
	/* What the kernel wrote down at execve(2); asking takes a call each. */
	if (!getauxval(AT_SECURE) && getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID))
		return 0;
	log_error("refused to run setuid, setgid or with file capabilities (it needs none: chmod "
		  "u-s,g-s and setcap -r)");
	return -EPERM;
}
