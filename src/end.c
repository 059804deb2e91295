/* The end of the world. May reboot, exit, panic; decides nothing about which of them. */
#include "end.h"

#include "log.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SYNC_TICKS = 3000 }; /* of 10 ms */

/* RB_POWER_OFF on a machine without a driver for it silently becomes a halt that never returns
 * (kernel/reboot.c), so the choice has to be made before. On x86 the driver is ACPI. */
static bool can_power_off(void)
{
#if defined(__x86_64__) || defined(__i386__)
	struct statfs fs;

	/* Whoever ran here may have unmounted it, or moved to another root. */
	if (statfs("/sys", &fs) < 0 || fs.f_type != SYSFS_MAGIC)
		(void)mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return access("/sys/firmware/acpi", F_OK) == 0;
#else
	return true;
#endif
}

static int end_now(enum cradle_how how)
{
	static const int command[] = { [CRADLE_POWER_OFF] = RB_POWER_OFF,
				       [CRADLE_REBOOT] = RB_AUTOBOOT,
				       [CRADLE_HALT] = RB_HALT_SYSTEM };
	int cmd = command[how];

	/* In a PID namespace the command is only a message to the launcher: nothing to avoid. */
	if (how == CRADLE_POWER_OFF && end_owns_machine() && !can_power_off()) {
		log_warn("this machine can't power off (no ACPI): resetting it instead");
		cmd = RB_AUTOBOOT;
	}
	return reboot(cmd) < 0 ? -errno : 0;
}

int end_machine(enum cradle_how how)
{
	sync();
	return end_now(how);
}

bool end_owns_machine(void)
{
	/* In any other PID namespace the kernel answers EINVAL (kernel/pid_namespace.c:
	 * reboot_pid_ns), without CAP_SYS_BOOT EPERM. */
	return reboot(RB_DISABLE_CAD) == 0;
}

/* sync(2) waits for ever for a server or a disk that is gone; an end must not. */
static void sync_for_a_while(void)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	pid_t pid = fork();

	if (pid == 0) {
		sync();
		_exit(0);
	}
	for (int i = 0; pid > 0 && i < SYNC_TICKS && waitpid(pid, NULL, WNOHANG) == 0; i++)
		(void)nanosleep(&tick, NULL);
}

/* After machine_power_off() or machine_halt() came back, reboot(2) exits its caller, and the exit
 * of PID 1 is a panic: so a child calls it. */
static void end_in_child(enum cradle_how how)
{
	pid_t pid = fork();
	int err;

	if (pid < 0) {
		(void)end_now(how);
		return;
	}
	if (pid == 0) {
		err = end_now(how);
		if (err < 0)
			(void)log_errno(err, "cannot shut down by reboot(2)");
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Last words on a serial console would be lost with the machine. tcdrain(3) would wait for ever for
 * a peer that doesn't read. */
static void drain_console(void)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int pending;

	for (int i = 0; i < 100; i++) {
		if (ioctl(STDERR_FILENO, TIOCOUTQ, &pending) < 0 || !pending)
			return;
		(void)nanosleep(&tick, NULL);
	}
}

_Noreturn void end_world(enum ending ending, int code)
{
	static const enum cradle_how how[] = { [ENDING_POWER_OFF] = CRADLE_POWER_OFF,
					       [ENDING_REBOOT] = CRADLE_REBOOT,
					       [ENDING_HALT] = CRADLE_HALT };

	drain_console();
	if (ending != ENDING_EXIT && end_owns_machine())
		sync_for_a_while();
	switch (ending) {
	case ENDING_POWER_OFF:
	case ENDING_REBOOT:
	case ENDING_HALT:
		end_in_child(how[ending]);
		/* Still here: the next best that ends a machine. In a container without
		 * CAP_SYS_BOOT the exit below is the only end there is. */
		if (ending != ENDING_REBOOT && end_owns_machine())
			end_in_child(CRADLE_REBOOT);
		break;
	case ENDING_PANIC:
	case ENDING_EXIT:
	case ENDING_RESTART:
		break;
	}
	/* For the machine's PID 1 this is the panic: "Attempted to kill init!". */
	_exit(ending == ENDING_PANIC && !code ? CRADLE_EXIT_FAILURE : code);
}
