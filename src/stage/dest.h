/* dest.h - find, or make, what an operation works on inside the new root. */
#ifndef STAGE_DEST_H
#define STAGE_DEST_H

#include <stdbool.h>
#include <sys/types.h>

enum { DEST_OWN = 128 };

/* The new root while it is being made. */
struct newroot {
	int fd;              /* of its "/" */
	dev_t own[DEST_OWN]; /* file systems that were made for this sandbox */
	unsigned nown;
	bool anywhere;  /* bwrap: in the host's, too, where the caller may write */
	mode_t parents; /* permissions of what has to be made above a destination */
};

/* What to say to -EROFS. */
extern const char dest_fix[];

/* Remember that the file system at fd is ours: names may be made in it. */
void dest_own(struct newroot *root, int fd);

/* True if it is. */
bool dest_is_own(const struct newroot *root, int fd);

enum dest_kind { DEST_EXISTS, DEST_DIR, DEST_FILE };

/* O_PATH descriptor of dest, which is made with all that leads to it if it isn't there, but only in
 * file systems of ours. perms: of the last component. -errno after saying why. */
int dest_open(const struct newroot *root, const char *dest, enum dest_kind kind, mode_t perms);

/* Open, or change to, what the sandbox calls path, once there is nothing but the sandbox: no link
 * of its files leads into /proc/self/fd, where PID 1 may hold what is the host's (CVE-2024-21626).
 * Descriptor, 0, or -errno without a word. */
int dest_open_inside(const char *path, int flags);
int dest_chdir(const char *path);

/* The directory that dest is in, made if need be; *name becomes dest's last component. */
int dest_parent(const struct newroot *root, const char *dest, const char **name);

#endif
