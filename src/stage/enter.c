/* Duties that all worlds share, in one order. */
#include "enter.h"

#include "helper.h"
#include "log.h"
#include "modules.h"
#include "mount.h"
#include "sys.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

void enter_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? -errno : 0;

	/* PID 1 closes it with all others once the agent runs. */
	if (err)
		(void)log_warn_errno(err, "cannot bring up the loopback interface");
}

int enter_hostname(const char *name)
{
	if (!name || sethostname(name, strlen(name)) == 0)
		return 0;
	return log_errno(-errno, "cannot set the host name %s", name);
}

static int set_nofile(const struct spec_enter *enter)
{
	const struct rlimit limit = { enter->nofile_soft, enter->nofile_hard };

	if (!enter->nofile_soft || setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	return log_errno(
		-errno,
		"cannot limit open files to %llu:%llu (above the hard limit found here only "
		"with CAP_SYS_RESOURCE, never above the sysctl fs.nr_open)",
		(unsigned long long)enter->nofile_soft, (unsigned long long)enter->nofile_hard);
}

/* In a program of its own: only it needs libmnl, and only those who ask need it. */
static int set_networks(const struct spec_enter *enter)
{
	/* The kernel allows an interface to be called -x. */
	char *argv[SPEC_INTERFACES + 3] = { (char *)"cradle-net", (char *)"--" };

	if (!enter->nnets)
		return 0;
	for (unsigned i = 0; i < enter->nnets; i++)
		argv[i + 2] = (char *)enter->net[i];
	return helper_run("net", argv);
}

static int set_mounts(const struct spec_enter *enter)
{
	int err = 0;

	for (unsigned i = 0; i < enter->nmounts && !err; i++)
		err = mount_asked(&enter->mount[i]);
	return err;
}

int enter_asked(const struct spec_enter *enter)
{
	int err = enter_hostname(enter->hostname);

	/* Drivers before the devices that mounts and interfaces need. */
	if (!err && enter->modules)
		err = modules_load(enter->modules, false);
	if (!err)
		err = set_nofile(enter);
	if (!err)
		err = set_mounts(enter);
	/* After the mounts: one may bring /etc, where resolv.conf goes. */
	if (!err)
		err = set_networks(enter);
	return err;
}
