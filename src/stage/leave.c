/* The way out of a VM: file systems with data are unmounted in the reverse of their order. */
#include "mount.h"

#include "log.h"
#include "mountinfo.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

enum { MOUNTINFO_MAX = 1 << 18 };

static bool among(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(word, words[i]))
			return true;
	}
	return false;
}

static void leave_one(const char *where, const char *type)
{
	/* Nothing of these outlives the machine. */
	static const char *const volatile_types[] = {
		"rootfs", "ramfs",  "tmpfs",   "devtmpfs",   "proc",    "sysfs",   "devpts",
		"mqueue", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "bpf",
	};
	/* Their server may be gone: waiting for it would hang the power-off. */
	static const char *const remote_types[] = {
		"nfs", "nfs4", "cifs", "9p", "ceph", "virtiofs"
	};

	if (among(type, volatile_types, ARRAY_SIZE(volatile_types)))
		return;
	if (among(type, remote_types, ARRAY_SIZE(remote_types))) {
		(void)umount2(where, MNT_DETACH | UMOUNT_NOFOLLOW);
		return;
	}
	if (strcmp(where, "/") && umount2(where, UMOUNT_NOFOLLOW) == 0)
		return;
	if (mount(NULL, where, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		(void)log_warn_errno(-errno, "cannot unmount %s nor make it read-only", where);
}

static void leave_line(char *line)
{
	struct mountinfo mount;

	if (mountinfo_parse(line, &mount))
		leave_one(mount.at, mount.type);
}

void mount_leave(void)
{
	char *info = mmap(NULL, MOUNTINFO_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	char *newline;

	if (info == MAP_FAILED)
		return;
	if (sys_read_file("/proc/self/mountinfo", info, MOUNTINFO_MAX) > 0) {
		while ((newline = strrchr(info, '\n'))) {
			*newline = '\0';
			if (newline[1])
				leave_line(newline + 1);
		}
		leave_line(info);
	}
	(void)munmap(info, MOUNTINFO_MAX);
}
