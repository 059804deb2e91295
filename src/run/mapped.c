/* Idmapped binds. May copy mounts of the host, attached nowhere, and run a child that does nothing
 * but be in a user namespace. */
#include "mapped.h"

#include "idranges.h"
#include "log.h"
#include "namespaces.h"
#include "sys.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAP_TEXT = 4096 };

/* Which id outside an id inside is, and for how many that follow; 0: for none. */
static unsigned to_outside(const struct spec_run *run, bool group, unsigned inside,
			   unsigned *outside)
{
	const struct spec_ids *ids = &run->ids;
	const struct idmap single = {
		.inside = group            ? ids->gid_given ? ids->gid : run->gid
			  : ids->uid_given ? ids->uid
					   : run->uid,
		.outside = group ? run->gid : run->uid,
		.count = 1,
	};
	unsigned n = group ? ids->ngid_maps : ids->nuid_maps;
	const struct idmap *map =
		n ? idranges_find(group ? ids->gid_map : ids->uid_map, n, IDRANGES_INSIDE, inside)
		  : idranges_find(&single, 1, IDRANGES_INSIDE, inside);

	if (!(run->ns.unshare >> NS_USER & 1)) {
		*outside = inside;
		return UINT32_MAX - inside;
	}
	if (!map)
		return 0;
	*outside = map->outside + (inside - map->inside);
	return map->inside + map->count - inside;
}

/* What is on the disk is "inside" this user namespace, and what it stands for is outside: in the
 * ids that we have, of which the sandbox has some. */
static int map_text(const struct spec_run *run, const struct op *op, bool group,
		    char text[MAP_TEXT])
{
	struct idmap map;
	size_t at = 0;

	if (idmap_parse(&map, op->idmap))
		return -EINVAL;
	while (map.count) {
		unsigned outside, n = to_outside(run, group, map.inside, &outside);

		if (!n) {
			log_error("--bind-mapped=%s: %s %u isn't there inside (--map-%s or "
				  "--map-auto)",
				  op->idmap, group ? "gid" : "uid", map.inside,
				  group ? "gid" : "uid");
			return -EINVAL;
		}
		n = n < map.count ? n : map.count;
		at += (size_t)snprintf(text + at, MAP_TEXT - at, "%u %u %u\n", map.outside, outside,
				       n);
		if (at >= MAP_TEXT)
			return log_errno(-E2BIG, "cannot map the ids of %s", op->source);
		map.inside += n;
		map.outside += n;
		map.count -= n;
	}
	return 0;
}

/* A process in a user namespace of its own, until it is killed or we are dead. */
static pid_t start_holder(int *lifeline)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = sys_clone(ns_flag(NS_USER) | SIGCHLD, NULL);
	if (pid == 0) {
		(void)close(ends[1]);
		(void)!read(ends[0], &byte, 1);
		_exit(0);
	}
	(void)close(ends[0]);
	*lifeline = ends[1];
	return pid;
}

static int fill(pid_t pid, const char *uids, const char *gids)
{
	char path[48];
	int err;

	(void)snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	err = sys_write_file(path, uids);
	(void)snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	if (!err)
		err = sys_write_file(path, gids);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	if (!err)
		err = sys_open(path, O_RDONLY | O_CLOEXEC);
	return err;
}

/* A descriptor of a user namespace that nobody lives in. */
static int make_userns(const char *uids, const char *gids)
{
	int lifeline = -1, fd;
	pid_t pid = start_holder(&lifeline);

	fd = pid < 0 ? pid : fill(pid, uids, gids);
	(void)close(lifeline);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	return fd;
}

static const char *fix(int err)
{
	switch (err) {
	case -EPERM:
		return " (the kernel lets only root do that: whoever has rights over the file "
		       "system itself)";
	case -EINVAL:
		return " (its file system can't, or a submount's can't: as of Linux 6.3 tmpfs, "
		       "ext4, xfs, btrfs and others can)";
	default:
		return "";
	}
}

static int open_one(const struct spec_run *run, struct op *op)
{
	static char uids[MAP_TEXT], gids[MAP_TEXT];
	int err = map_text(run, op, false, uids) ?: map_text(run, op, true, gids);
	int userns = -1, tree = -1;

	if (err)
		return err;
	tree = err = tree_clone(op->fd, "", TREE_NOSUID | TREE_NODEV);
	if (tree >= 0)
		userns = err = make_userns(uids, gids);
	if (userns >= 0)
		err = tree_map_ids(tree, userns);
	if (userns >= 0)
		(void)close(userns);
	if (!err) {
		op->tree = tree;
		return 0;
	}
	if (tree >= 0)
		(void)close(tree);
	return log_errno(err, "cannot bind %s with other ids%s", op->source, fix(err));
}

int mapped_open(struct spec_run *run)
{
	int err = 0;

	for (unsigned i = 0; i < run->plan.nops && !err; i++) {
		struct op *op = &run->plan.op[i];

		if (!op->idmap || op->fd < 0)
			continue;
		/* That of the life before went with its namespaces. */
		if (op->tree >= 0)
			(void)close(op->tree);
		op->tree = -1;
		err = open_one(run, op);
	}
	return err;
}
