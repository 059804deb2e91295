/* What somebody inside a sandbox can reach. Each fact is one attempt: key=ok or key=ERROR.
 *
 * Run it only in a sandbox or a throw-away world: some of the attempts do harm where they succeed.
 */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *error_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" },
		{ ENOENT, "ENOENT" },
		{ ESRCH, "ESRCH" },
		{ EIO, "EIO" },
		{ ENXIO, "ENXIO" },
		{ EBADF, "EBADF" },
		{ ENOMEM, "ENOMEM" },
		{ EACCES, "EACCES" },
		{ EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" },
		{ EXDEV, "EXDEV" },
		{ ENODEV, "ENODEV" },
		{ ENOTDIR, "ENOTDIR" },
		{ EISDIR, "EISDIR" },
		{ EINVAL, "EINVAL" },
		{ ENOTTY, "ENOTTY" },
		{ ETXTBSY, "ETXTBSY" },
		{ ENOSPC, "ENOSPC" },
		{ EROFS, "EROFS" },
		{ ENOSYS, "ENOSYS" },
		{ ENOTEMPTY, "ENOTEMPTY" },
		{ ELOOP, "ELOOP" },
		{ ENOKEY, "ENOKEY" },
		{ EUSERS, "EUSERS" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
		{ EAFNOSUPPORT, "EAFNOSUPPORT" },
		{ EADDRINUSE, "EADDRINUSE" },
		{ ENETUNREACH, "ENETUNREACH" },
		{ ECONNREFUSED, "ECONNREFUSED" },
	};
	static char number[16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].err == err)
			return names[i].name;
	}
	(void)snprintf(number, sizeof(number), "E%d", err);
	return number;
}

void fact(const char *key, long rc)
{
	say("%s=%s", key, rc < 0 ? error_name(errno) : "ok");
}

void fact_fd(const char *key, int fd)
{
	fact(key, fd);
	if (fd >= 0)
		close(fd);
}

/* escape-facts [GROUP...]: calls, init, rights, tree, reach; all of them without a word */
int verb_escape_facts(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} groups[] = {
		{ "rights", rights_facts }, { "calls", calls_facts }, { "init", init_facts },
		{ "tree", tree_facts },     { "reach", reach_facts },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		bool wanted = argc == 0;

		for (int n = 0; n < argc; n++)
			wanted = wanted || !strcmp(argv[n], groups[i].name);
		if (wanted)
			groups[i].run();
	}
	return 0;
}

static int remount_rw(const char *path)
{
	return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL);
}

/* mount_setattr(2): only the one bit, as remount_rw() also gives up nosuid and the like. */
static int clear_rdonly(const char *path)
{
	struct {
		uint64_t set, clear, propagation, userns;
	} attr = { .clear = 1 };

	return (int)syscall(442, AT_FDCWD, path, 0, &attr, sizeof(attr));
}

static int create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static int mount_here(const char *path)
{
	return mount("escape", path, "tmpfs", 0, NULL);
}

static int open_for(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static int open_r(const char *path)
{
	return open_for(path, O_RDONLY);
}

static int open_w(const char *path)
{
	return open_for(path, O_WRONLY);
}

static int detach(const char *path)
{
	return umount2(path, MNT_DETACH);
}

static int make_dir(const char *path)
{
	return mkdir(path, 0755);
}

static int make_null(const char *path)
{
	return mknod(path, S_IFCHR | 0666, 0x103);
}

/* To what they are already, lest a success do harm. */
static int same_permissions(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : chmod(path, st.st_mode & 07777);
}

static int list(const char *path)
{
	return open_for(path, O_RDONLY | O_DIRECTORY);
}

/* try CALL PATH...: "CALL PATH=ok" or the error */
int verb_try(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *path);
	} calls[] = {
		{ "read", open_r },
		{ "write", open_w },
		{ "create", create },
		{ "mkdir", make_dir },
		{ "unlink", unlink },
		{ "umount", detach },
		{ "mknod", make_null },
		{ "remount", remount_rw },
		{ "clear-ro", clear_rdonly },
		{ "mount", mount_here },
		{ "list", list },
		{ "chroot", chroot },
		{ "chdir", chdir },
		{ "chmod", same_permissions },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(argv[0], calls[i].name))
			continue;
		for (int n = 1; n < argc; n++) {
			char key[PATH_MAX + 16];

			(void)snprintf(key, sizeof(key), "%s %s", argv[0], argv[n]);
			fact(key, calls[i].run(argv[n]));
		}
		return 0;
	}
	errno = EINVAL;
	return -1;
}

/* symlink TARGET PATH */
int verb_symlink(int argc, char **argv)
{
	(void)argc;
	return symlink(argv[0], argv[1]);
}

/* size PATH...: how many bytes can be read, or how many names are in a directory */
int verb_size(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char text[65536];
		long size = 0;
		ssize_t n;
		int fd = open_for(argv[i], O_RDONLY);

		if (fd < 0) {
			say("size %s=%s", argv[i], error_name(errno));
			continue;
		}
		while ((n = read(fd, text, sizeof(text))) > 0)
			size += n;
		if (n < 0 && errno == EISDIR) {
			while ((n = syscall(SYS_getdents64, fd, text, sizeof(text))) > 0) {
				for (ssize_t at = 0; at < n; size++)
					at += *(unsigned short *)(void *)(text + at + 16);
			}
			size -= 2;
		}
		say("size %s=%ld", argv[i], size);
		close(fd);
	}
	return 0;
}
