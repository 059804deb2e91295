/* PID 1 of a machine. May mount, load modules and configure the kernel; the machine is ours. */
#include "enter.h"

#include "button.h"
#include "console.h"
#include "modules.h"
#include "mount.h"
#include "sys.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { BUTTONS_MAX = 4 };

static const char default_modules[] = "/etc/cradle/modules";

void vm_enter_early(void)
{
	/* Session and process group are both 0 until now, and so would be the agent's: its kill(0)
	 * would reach PID 1. */
	(void)setsid();
	mount_make_pivotable();
	mount_standard(MOUNT_EARLY);
	console_fill(true);
}

/* The kernel says "(none)", which no resolver likes. */
static void default_hostname(void)
{
	struct utsname uts;

	if (uname(&uts) == 0 && !strcmp(uts.nodename, "(none)"))
		(void)!sethostname("localhost", strlen("localhost"));
}

int vm_enter(struct spec *spec)
{
	static struct cradle_watch buttons[BUTTONS_MAX];
	int err;

	/* kmsg drops all but ten lines in five seconds unless told otherwise: no report may get
	 * lost (printk_devkmsg in admin-guide/sysctl/kernel.rst). */
	(void)sys_write_file("/proc/sys/kernel/printk_devkmsg", "on\n");
	mount_standard(MOUNT_LATE);
	mount_links();
	/* Only PID 1: the agent resets its own before it executes. */
	(void)sys_write_file("/proc/self/oom_score_adj", "-1000");
	default_hostname();
	enter_loopback();
	err = spec->enter.modules ? 0 : modules_load(default_modules, true);
	if (!err)
		err = enter_asked(&spec->enter);
	/* Their drivers may be modules. */
	console_retry(spec->enter.modules || access(default_modules, F_OK) == 0);
	spec->core.watch = buttons;
	spec->core.nwatch = button_open(buttons, BUTTONS_MAX);
	return err;
}

void vm_leave(void)
{
	mount_leave();
}
