/* The ids of a user namespace. May write nothing but its maps. */
#include "idmap.h"

#include "log.h"
#include "sys.h"
#include "why.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_to(pid_t pid, const char *file, const char *text)
{
	char path[64] = "/proc/self";
	int fd, err;

	if (pid)
		(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	(void)snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", file);
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
	char map[32];

	(void)snprintf(map, sizeof(map), "%u %u 1", inside, outside);
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
		return log_errno(err, "cannot map uid %u into the namespace%s", uid, why_map(err));
	err = write_map(pid, "gid_map", ids->gid_given ? ids->gid : gid, gid);
	return err ? log_errno(err, "cannot map gid %u into the namespace", gid) : 0;
}

bool idmap_is_single(const struct spec_ids *ids)
{
	return !ids->nuid_maps && !ids->ngid_maps && !ids->map_auto;
}
