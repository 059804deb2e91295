/* The seed: mount, fork, the child goes on as the agent, PID 1 never returns. */
#include "cradle.h"

#include "end.h"
#include "log.h"
#include "world.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool forked_from_pid1;

bool cradle_is_pid1(void)
{
	return getpid() == 1;
}

bool cradle_was_forked_from_pid1(void)
{
	return forked_from_pid1;
}

/* EBUSY: mounted already, by the kernel, an initramfs or a container runtime. */
static void mount_one(const char *type, const char *where, unsigned long flags)
{
	(void)mkdir(where, 0755);
	if (mount(type, where, type, flags, NULL) < 0 && errno != EBUSY)
		(void)log_warn_errno(-errno, "cannot mount %s on %s", type, where);
}

static bool is_mount_point(const char *path)
{
	struct stat here, above;

	return stat(path, &here) == 0 && stat("/", &above) == 0 && here.st_dev != above.st_dev;
}

static void mount_basics(void)
{
	if (!is_mount_point("/dev"))
		mount_one("devtmpfs", "/dev", MS_NOSUID);
	if (!is_mount_point("/proc"))
		mount_one("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
	if (!is_mount_point("/sys"))
		mount_one("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static enum ending ending_of(enum world world, const struct cradle_result *result)
{
	static const enum ending requested[] = { [CRADLE_REQUEST_STOP] = ENDING_POWER_OFF,
						 [CRADLE_REQUEST_POWER_OFF] = ENDING_POWER_OFF,
						 [CRADLE_REQUEST_REBOOT] = ENDING_REBOOT,
						 [CRADLE_REQUEST_HALT] = ENDING_HALT };

	if (world != WORLD_VM)
		return ENDING_EXIT;
	if (result->request)
		return requested[result->request];
	return result->code ? ENDING_PANIC : ENDING_POWER_OFF;
}

int cradle_init_as_pid1(void)
{
	struct cradle_config config = { .leftovers = CRADLE_LEFTOVERS_KILL };
	struct cradle_result result;
	enum world world;
	int ret;

	if (!cradle_is_pid1())
		return 0;
	cradle_block_signals();
	world = end_owns_machine() ? WORLD_VM : world_detect();
	mount_basics();
	if (world == WORLD_VM) {
		config.flags |= CRADLE_NEW_SESSION;
		config.leftovers = CRADLE_LEFTOVERS_TERM;
		world_requests(world, &config);
	}
	ret = cradle_supervise(&config, &result);
	if (ret == 1) {
		forked_from_pid1 = true;
		return 0;
	}
	if (ret < 0)
		return ret;
	end_world(ending_of(world, &result), result.code);
}
