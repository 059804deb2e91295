/* The way out of a VM: file systems with data are unmounted in the reverse of their order. */
#include "mount.h"

#include "log.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

enum { MOUNTINFO_MAX = 1 << 18 };

/* proc(5), /proc/PID/mountinfo: blanks and the like are octal. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*to = *text;
		}
	}
	*to = '\0';
}

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

/* "36 35 98:0 /root /mount/point options … - type source options" */
static void leave_line(char *line)
{
	char *type = strstr(line, " - ");
	char *where = line;

	for (int field = 0; field < 4 && where; field++) {
		where = strchr(where, ' ');
		if (where)
			where++;
	}
	if (!where || !type)
		return;
	type += 3;
	type[strcspn(type, " ")] = '\0';
	where[strcspn(where, " ")] = '\0';
	unescape(where);
	leave_one(where, type);
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
