/* Mounts in PID 1. May mount and make directories under its own root; never outside a world that
 * is ours. */
#include "mount.h"

#include "log.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

static const struct {
	enum mount_set set;
	const char *type, *where;
	unsigned long flags;
	const char *options;
} standard[] = {
	{ MOUNT_EARLY, "devtmpfs", "/dev", MS_NOSUID, "mode=0755" },
	{ MOUNT_EARLY, "proc", "/proc", NO_SUID_DEV_EXEC, NULL },
	{ MOUNT_EARLY, "sysfs", "/sys", NO_SUID_DEV_EXEC, NULL },
	/* gid 5 is tty on every distribution; without ptmxmode only root opens a pty. */
	{ MOUNT_LATE, "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
	  "newinstance,mode=0620,ptmxmode=0666,gid=5" },
	{ MOUNT_LATE, "tmpfs", "/dev/shm", NO_SUID_DEV, "mode=1777" },
	{ MOUNT_LATE, "mqueue", "/dev/mqueue", NO_SUID_DEV_EXEC, NULL },
	{ MOUNT_LATE, "tmpfs", "/run", NO_SUID_DEV, "mode=0755" },
	{ MOUNT_LATE, "tmpfs", "/tmp", NO_SUID_DEV, "mode=1777" },
	{ MOUNT_LATE, "cgroup2", "/sys/fs/cgroup", NO_SUID_DEV_EXEC,
	  "nsdelegate,memory_recursiveprot" },
};

/* The last of the options go first where the kernel refuses them: a user namespace with a single
 * mapping has no group 5, an older kernel no memory_recursiveprot. */
static int mount_with_most(const char *type, const char *where, unsigned long flags, char *options)
{
	for (;;) {
		char *comma = strrchr(options, ',');

		if (mount(type, where, type, flags, options) == 0)
			return 0;
		if (errno != EINVAL || !*options)
			return -errno;
		*(comma ? comma : options) = '\0';
	}
}

static void mount_one(const char *type, const char *where, unsigned long flags, const char *options)
{
	char copy[64];
	int err;

	(void)snprintf(copy, sizeof(copy), "%s", options ? options : "");
	(void)mkdir(where, 0755);
	err = mount_with_most(type, where, flags, copy);
	/* EBUSY: the kernel or whoever was here before has mounted it. */
	if (err && err != -EBUSY)
		(void)log_warn_errno(err, "cannot mount %s on %s", type, where);
}

void mount_standard(unsigned set)
{
	mode_t mask = umask(0);

	for (size_t i = 0; i < ARRAY_SIZE(standard); i++) {
		if (standard[i].set & set)
			mount_one(standard[i].type, standard[i].where, standard[i].flags,
				  standard[i].options);
	}
	(void)umask(mask);
}

void mount_links(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },       { "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" }, { "/proc/self/fd/2", "/dev/stderr" },
		{ "pts/ptmx", "/dev/ptmx" },
	};

	/* devtmpfs brings a node that means the first instance of devpts, not ours. */
	if (access("/dev/pts/ptmx", F_OK) == 0)
		(void)unlink("/dev/ptmx");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
			(void)log_warn_errno(-errno, "cannot link %s to %s", links[i][1],
					     links[i][0]);
	}
}

static const struct {
	const char *word;
	unsigned long set, clear;
} flag_words[] = {
	{ "ro", MS_RDONLY, 0 },         { "rw", 0, MS_RDONLY },
	{ "nosuid", MS_NOSUID, 0 },     { "nodev", MS_NODEV, 0 },
	{ "noexec", MS_NOEXEC, 0 },     { "noatime", MS_NOATIME, 0 },
	{ "relatime", MS_RELATIME, 0 }, { "sync", MS_SYNCHRONOUS, 0 },
	{ "bind", MS_BIND, 0 },         { "rbind", MS_BIND | MS_REC, 0 },
	{ "defaults", 0, 0 },
};

/* Split a comma list into flags and what the file system itself reads, as mount(8) does. */
unsigned long mount_split_options(const char *options, char *data, size_t size)
{
	unsigned long flags = 0;
	size_t used = 0;

	data[0] = '\0';
	while (*options) {
		size_t len = strcspn(options, ",");
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(flag_words) && !known; i++) {
			known = strlen(flag_words[i].word) == len &&
				!memcmp(flag_words[i].word, options, len);
			if (known)
				flags = (flags | flag_words[i].set) & ~flag_words[i].clear;
		}
		if (!known && used + len + 2 < size)
			used += (size_t)snprintf(data + used, size - used, "%s%.*s",
						 used ? "," : "", (int)len, options);
		options += len + (options[len] == ',');
	}
	return flags;
}

/* mkdir -p; a bind of a file needs a file to be mounted on. */
static void make_target(const char *target, bool file)
{
	char path[512];
	int fd;

	if (strlen(target) >= sizeof(path))
		return;
	(void)strcpy(path, target);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	if (!file) {
		(void)mkdir(path, 0755);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd >= 0)
		(void)close(fd);
}

static const char *mount_fix(const struct spec_mount *mount, int err)
{
	if (err == -ENODEV)
		return " (this kernel doesn't have that file system: is its module in the "
		       "initramfs?)";
	if (err == -ENOENT && access(mount->source, F_OK) < 0)
		return " (there is no such source: is the driver's module in the initramfs?)";
	if (err == -EPERM)
		return " (this user namespace may not mount it)";
	return "";
}

int mount_asked(const struct spec_mount *m)
{
	bool bind = !strcmp(m->type, "bind");
	struct stat st;
	char data[512];
	unsigned long flags = mount_split_options(m->options, data, sizeof(data));
	int err = 0;

	bind = bind || (flags & MS_BIND);
	make_target(m->target, bind && stat(m->source, &st) == 0 && !S_ISDIR(st.st_mode));
	if (mount(m->source, m->target, m->type, bind ? MS_BIND | MS_REC : flags, data) < 0)
		err = -errno;
	/* A bind takes its flags only in a second call (mount(2)). */
	if (!err && bind && (flags & ~(unsigned long)(MS_BIND | MS_REC)) &&
	    mount(NULL, m->target, NULL, MS_REMOUNT | MS_BIND | flags, NULL) < 0)
		err = -errno;
	if (!err)
		return 0;
	if (m->nofail)
		(void)log_warn_errno(err, "cannot mount %s on %s as %s%s", m->source, m->target,
				     m->type, mount_fix(m, err));
	else
		(void)log_errno(err, "cannot mount %s on %s as %s%s", m->source, m->target, m->type,
				mount_fix(m, err));
	return m->nofail ? 0 : err;
}

void mount_make_pivotable(void)
{
	static const char over[] = "/.cradle-root";
	struct statfs fs;

	if (statfs("/", &fs) < 0 || (fs.f_type != RAMFS_MAGIC && fs.f_type != TMPFS_MAGIC))
		return;
	if (mkdir(over, 0700) < 0 || mount("/", over, NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    chdir(over) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
		(void)log_warn_errno(-errno, "cannot make the root file system pivotable");
	(void)!chdir("/");
	(void)rmdir(over);
}
