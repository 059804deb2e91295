/* The ids of a user namespace. May write nothing but its maps. */
#include "idmap.h"

#include "idranges.h"
#include "log.h"
#include "sys.h"
#include "util.h"
#include "why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_to(pid_t pid, const char *file, const char *text)
{
	char path[64], *at = util_put(path, ARRAY_END(path), "/proc/");
	int fd, err;

	if (pid)
		at = util_put_number(at, ARRAY_END(path), (unsigned)pid, 10);
	else
		at = util_put(at, ARRAY_END(path), "self");
	(void)util_put(util_put(at, ARRAY_END(path), "/"), ARRAY_END(path), file);
	fd = sys_open(path, O_WRONLY);
	if (fd < 0)
		return fd;
	err = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	/* PID 1 closes all descriptors in one call once the agent runs. */
	if (pid)
		(void)close(fd);
	return err;
}

static int write_map(pid_t pid, const char *file, unsigned inside, unsigned outside)
{
	char map[32], *at = util_put_number(map, ARRAY_END(map), inside, 10);

	at = util_put_number(util_put(at, ARRAY_END(map), " "), ARRAY_END(map), outside, 10);
	(void)util_put(at, ARRAY_END(map), " 1");
	return write_to(pid, file, map);
}

int idmap_single(pid_t pid, const struct spec_ids *ids, unsigned uid, unsigned gid)
{
	/* user_namespaces(7): without CAP_SETGID outside, groups can be mapped only after
	 * setgroups(2) is given up. */
	int err = write_to(pid, "setgroups", "deny");

	if (!err)
		err = write_map(pid, "uid_map", ids->uid_given ? ids->uid : uid, uid);
	if (err)
		return log_errno(err, "cannot map uid %u into the namespace%s", uid,
				 err == -ENOENT ? " (there is no /proc here: mount it)"
				 : err == -EMFILE
					 ? " (the limit of open files is too low: ulimit -n)"
					 : why_map(err, uid));
	err = write_map(pid, "gid_map", ids->gid_given ? ids->gid : gid, gid);
	return err ? log_errno(err, "cannot map gid %u into the namespace", gid) : 0;
}

bool idmap_is_single(const struct spec_ids *ids)
{
	return !ids->nuid_maps && !ids->ngid_maps && !ids->map_auto;
}

bool idmap_reaches_root(const struct spec_ids *ids)
{
	return idranges_find(ids->uid_map, ids->nuid_maps, IDRANGES_OUTSIDE, 0);
}

/* "inside outside count" in each line. */
static bool is_mapped_here(unsigned wanted)
{
	char text[4096], *at = text;

	if (sys_read_file("/proc/self/gid_map", text, sizeof(text)) < 0)
		return false;
	while (*at) {
		unsigned long first = strtoul(at, &at, 10), count;

		(void)strtoul(at, &at, 10);
		count = strtoul(at, &at, 10);
		if (wanted >= first && wanted - first < count)
			return true;
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return false;
}

bool idmap_has_gid(const struct spec_run *run, unsigned gid, unsigned wanted)
{
	const struct spec_ids *ids = &run->ids;

	if (!(run->ns.unshare >> NS_USER & 1) || run->status.userns_block_fd >= 0)
		return is_mapped_here(wanted);
	if (ids->ngid_maps)
		return idranges_find(ids->gid_map, ids->ngid_maps, IDRANGES_INSIDE, wanted);
	return (ids->gid_given ? ids->gid : gid) == wanted;
}
