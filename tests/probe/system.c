/* Deeds that only a machine, or the root of a namespace, allows. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	int command;
} reboots[] = {
	{ "restart", RB_AUTOBOOT },  { "poweroff", RB_POWER_OFF },  { "halt", RB_HALT_SYSTEM },
	{ "cad-on", RB_ENABLE_CAD }, { "cad-off", RB_DISABLE_CAD },
};

/* reboot HOW: the system call itself, no request to anybody */
int verb_reboot(int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < sizeof(reboots) / sizeof(reboots[0]); i++) {
		if (strcmp(reboots[i].name, argv[0]))
			continue;
		if (reboot(reboots[i].command))
			say("reboot %s: %s", argv[0], strerror(errno));
		else
			say("reboot %s: done", argv[0]);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

static int try_pivot(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	if (mount("probe", "/tmp", "tmpfs", 0, NULL) || mkdir("/tmp/old", 0755))
		return -1;
	return (int)syscall(SYS_pivot_root, "/tmp", "/tmp/old");
}

/* pivot: as a container runtime does; rootfs itself can't be pivoted */
int verb_pivot(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say("pivot=%s", try_pivot() ? strerror(errno) : "done");
	return 0;
}

int verb_write(int argc, char **argv)
{
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);

	(void)argc;
	if (fd < 0 || write(fd, argv[1], strlen(argv[1])) < 0) {
		say("write %s: %s", argv[0], strerror(errno));
		return 0;
	}
	close(fd);
	say("write %s: done", argv[0]);
	return 0;
}

/* dirty PATH KIB: data that only memory holds */
int verb_dirty(int argc, char **argv)
{
	static char block[1024];
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	(void)argc;
	if (fd < 0)
		trouble("cannot create %s", argv[0]);
	memset(block, 'd', sizeof(block));
	for (long i = number(argv[1]); i > 0; i--) {
		if (write(fd, block, sizeof(block)) != sizeof(block))
			trouble("cannot write %s", argv[0]);
	}
	close(fd);
	say("dirty %s", argv[0]);
	return 0;
}

/* keep-open PATH: for whoever is forked from here on, too */
int verb_keep_open(int argc, char **argv)
{
	(void)argc;
	return open(argv[0], O_WRONLY) < 0 ? -1 : 0;
}

int verb_close(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		(void)close((int)number(argv[i]));
	return 0;
}

/* core: let the kernel dump core, here */
int verb_core(int argc, char **argv)
{
	struct rlimit limit;

	(void)argc;
	(void)argv;
	if (getrlimit(RLIMIT_CORE, &limit))
		return -1;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_CORE, &limit) || chdir("/tmp");
}
