/* PID 1 of the namespaces that cradle run made. May change what is inside them; everything it
 * mounts is invisible to the host, and with a root no name is resolved before the pivot. */
#include "enter.h"

#include "log.h"
#include "mount.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#define FROM_EMPTY_PATH 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */

static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };

#define NODES ARRAY_SIZE(nodes)

static int write_map(const char *file, unsigned outside)
{
	char path[32], map[32];

	(void)snprintf(path, sizeof(path), "/proc/self/%s", file);
	(void)snprintf(map, sizeof(map), "0 %u 1", outside);
	return sys_write_file(path, map);
}

static int map_ids(struct namespace_ids ids)
{
	/* user_namespaces(7): without CAP_SETGID outside, groups can be mapped only after
	 * setgroups(2) is given up. */
	int err = sys_write_file("/proc/self/setgroups", "deny");

	if (!err)
		err = write_map("uid_map", ids.uid);
	if (err)
		return log_errno(err, "cannot map uid %u into the namespace%s", ids.uid,
				 err == -EPERM ? " (AppArmor may restrict unprivileged user "
						 "namespaces: see the sysctl kernel."
						 "apparmor_restrict_unprivileged_userns)"
					       : "");
	err = write_map("gid_map", ids.gid);
	return err ? log_errno(err, "cannot map gid %u into the namespace", ids.gid) : 0;
}

static int mount_proc(void)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
		return 0;
	return log_errno(-errno, "cannot mount /proc%s",
			 errno == EPERM ? " (parts of it are masked here, as in a container: the "
					  "kernel then refuses a fresh one)"
					: "");
}

/* The host's tree on a throw-away layer: an initramfs is writable and forgotten, too.
 * cwd becomes the new root. */
static int mount_overlay(const char *dir)
{
	char options[96], path[32];
	/* Only now: a mount of the namespace that we came from can't be used in this one. */
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return log_errno(-errno, "cannot use %s as root", dir);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", root);
	(void)snprintf(options, sizeof(options),
		       "lowerdir=/proc/self/fd/%d,upperdir=upper,workdir=work,userxattr", root);
	/* The layers need some place: on DIR itself, which the descriptor reaches below. */
	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0 || chdir(dir) < 0)
		return log_errno(-errno, "cannot mount a layer over %s", dir);
	if (mkdir("upper", 0755) < 0 || mkdir("work", 0755) < 0 || mkdir("root", 0755) < 0)
		return log_errno(-errno, "cannot make a layer over %s", dir);
	if (mount("overlay", "root", "overlay", MS_NOSUID | MS_NODEV, options) < 0 ||
	    chdir("root") < 0)
		return log_errno(-errno,
				 "cannot mount an overlay over %s (it needs overlayfs in user "
				 "namespaces, Linux 5.11)",
				 dir);
	(void)close(root);
	return 0;
}

static void clone_nodes(int fd[NODES])
{
	char path[32];

	for (size_t i = 0; i < NODES; i++) {
		(void)snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		fd[i] = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC);
	}
}

/* A user namespace can't make device nodes (mknod(2)): the host's are bound. */
static void place_nodes(const int fd[NODES])
{
	char path[32];

	for (size_t i = 0; i < NODES; i++) {
		int file;

		(void)snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (file >= 0)
			(void)close(file);
		if (fd[i] < 0 || file < 0 ||
		    syscall(SYS_move_mount, fd[i], "", AT_FDCWD, path, FROM_EMPTY_PATH) < 0)
			(void)log_warn_errno(-errno, "cannot bind %s", path);
		if (fd[i] >= 0)
			(void)close(fd[i]);
	}
}

/* The same duties as in a VM, with what a user namespace may do. */
static int enter_root(const char *dir)
{
	int fd[NODES];
	int err = mount_overlay(dir);

	if (err)
		return err;
	clone_nodes(fd);
	/* pivot_root(2), "pivot_root(".", ".")": the old root is now on top of the new one, where
	 * no path from / reaches it, yet still there: the kernel allows a fresh /proc only to those
	 * who can see one in full. */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return log_errno(-errno, "cannot make %s the root", dir);
	(void)mkdir("/proc", 0755);
	err = mount_proc();
	if (err)
		return err;
	(void)mkdir("/sys", 0755);
	(void)mkdir("/dev", 0755);
	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		(void)log_warn_errno(-errno, "cannot mount /sys");
	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755") < 0)
		(void)log_warn_errno(-errno, "cannot mount /dev");
	place_nodes(fd);
	mount_standard(MOUNT_LATE);
	mount_links();
	if (umount2(".", MNT_DETACH) < 0)
		return log_errno(-errno, "cannot detach the host's root");
	return chdir("/") < 0 ? log_errno(-errno, "cannot change to the new root") : 0;
}

int namespace_enter(const struct spec *spec, struct namespace_ids ids)
{
	mode_t mask;
	int err = map_ids(ids);

	if (err)
		return err;
	enter_loopback();
	mask = umask(0);
	err = spec->run.root ? enter_root(spec->run.root) : mount_proc();
	(void)umask(mask);
	return err ? err : enter_asked(&spec->enter);
}
