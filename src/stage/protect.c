/* Hide and lock what is there. May bind private, empty things over it, and it over itself. */
#include "root.h"

#include "log.h"
#include "tree.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A read-only copy of what is at fd, put over it. */
static int lock(int fd)
{
	int tree = tree_clone(fd, "", TREE_RDONLY | TREE_NOSUID | TREE_NODEV | TREE_NOEXEC);
	int err = tree < 0 ? tree : tree_place(tree, "", fd, "");

	if (tree >= 0)
		(void)close(tree);
	return err;
}

/* An empty, read-only file or directory over it, from a file system that nobody else has: with
 * /dev/null, an image could bring its own (CVE-2025-31133). */
static int hide(struct assembly *a, int fd)
{
	struct stat st;
	char name[16];
	int made, tree, err;

	if (fstat(fd, &st) < 0)
		return -errno;
	made = scratch_make(a, S_ISDIR(st.st_mode), name);
	if (made < 0)
		return made;
	(void)close(made);
	tree = tree_clone(a->scratch, name, TREE_RDONLY | TREE_NOSUID | TREE_NODEV | TREE_NOEXEC);
	err = tree < 0 ? tree : tree_place(tree, "", fd, "");
	if (tree >= 0)
		(void)close(tree);
	return err;
}

/* What bubblewrap and the container runtimes cover, and dynamic_debug, by which the kernel's
 * messages are switched. With sysctls, sysrq-trigger and the like a user who is root outside could
 * reach the whole machine; the rest tells of it. */
int protect_proc(struct assembly *a, const char *dest)
{
	static const struct {
		const char *name;
		bool hidden;
	} files[] = {
		{ "sys", false },        { "sysrq-trigger", false },
		{ "irq", false },        { "bus", false },
		{ "fs", false },         { "acpi", true },
		{ "asound", true },      { "kcore", true },
		{ "keys", true },        { "latency_stats", true },
		{ "sched_debug", true }, { "scsi", true },
		{ "timer_list", true },  { "kpagecount", true },
		{ "kpageflags", true },  { "kpagecgroup", true },
		{ "kmsg", true },        { "dynamic_debug", false },
	};
	char path[PATH_MAX];
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files) && !err; i++) {
		int fd;

		(void)snprintf(path, sizeof(path), "%s/%s", dest, files[i].name);
		fd = tree_open(a->root.fd, path, O_PATH);
		if (fd == -ENOENT)
			continue;
		err = fd < 0 ? fd : files[i].hidden ? hide(a, fd) : lock(fd);
		if (fd >= 0)
			(void)close(fd);
		if (err)
			(void)log_errno(err, "cannot protect %s", path);
	}
	return err;
}

static int mask_one(struct assembly *a, const char *path)
{
	int fd = dest_open(&a->root, path, DEST_EXISTS, 0);
	int err = fd < 0 ? fd : hide(a, fd);

	if (fd >= 0 && err)
		(void)log_errno(err, "cannot mask %s", path);
	if (fd >= 0)
		(void)close(fd);
	return err;
}

/* ".*" matches these two, and nobody means the directory itself or the one above. */
static bool is_dots(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int protect_mask(struct assembly *a, const struct op *op)
{
	glob_t found;
	int err = 0;

	/* What isn't there can't be hidden without making it, so that is an error; a pattern says
	 * "if there are any". */
	if (!strpbrk(op->dest, "*?["))
		return mask_one(a, op->dest);
	/* "/" is inside by now. */
	switch (glob(op->dest, GLOB_NOSORT | GLOB_ERR, NULL, &found)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		log_info("there is nothing to mask: %s", op->dest);
		return 0;
	case GLOB_ABORTED:
		return log_errno(-EACCES,
				 "cannot search for %s (a directory on the way can't be read)",
				 op->dest);
	default:
		return log_errno(-ENOMEM, "cannot search for %s", op->dest);
	}
	for (size_t i = 0; i < found.gl_pathc && !err; i++) {
		const char *path = found.gl_pathv[i];

		/* What a link leads to nowhere can't be seen anyway. */
		if (!is_dots(path) && access(path, F_OK) == 0)
			err = mask_one(a, path);
	}
	globfree(&found);
	return err;
}
