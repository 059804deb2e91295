/* mount.h - the mounts of an init, and those asked for. */
#ifndef STAGE_MOUNT_H
#define STAGE_MOUNT_H

#include "spec.h"

#include <sys/mount.h>

#define NO_SUID_DEV      (MS_NOSUID | MS_NODEV)
#define NO_SUID_DEV_EXEC (MS_NOSUID | MS_NODEV | MS_NOEXEC)

enum mount_set {
	MOUNT_EARLY = 1 << 0, /* /dev /proc /sys: needed to read what was asked for */
	MOUNT_LATE = 1 << 1,  /* the rest of what an agent expects */
};

/* Make the mount points and mount; each failure is a warning, as an agent may well live without. */
void mount_standard(unsigned set);

/* /dev/fd, /dev/stdin, stdout, stderr, ptmx. */
void mount_links(void);

/* One that was asked for. 0, or -errno after saying why; with nofail 0 after a warning. */
int mount_asked(const struct spec_mount *m);

/* Split a comma list into flags, which are returned, and what the file system itself reads. */
unsigned long mount_split_options(const char *options, char *data, size_t size);

/* An initramfs can't be pivoted away (pivot_root(2): EINVAL on rootfs), which container runtimes
 * want to do: put a bind mount of it over it. Before anything else is mounted. */
void mount_make_pivotable(void);

/* Unmount what holds data, newest first; what is busy is remounted read-only. After the last
 * process is gone. */
void mount_leave(void);

#endif
