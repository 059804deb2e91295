/* cgroup_read.h - which control group a process is in, and where that is, as /proc tells. */
#ifndef RUN_CGROUP_READ_H
#define RUN_CGROUP_READ_H

#include "mountinfo.h"

/* A line of /proc/PID/cgroup: the group in the hierarchy of that controller ("": the unified one),
 * without newline; NULL: another one. Cuts the line. */
char *cgroup_own(char *line, const char *controller);

/* A line of /proc/PID/mountinfo, if it is of that hierarchy. Cuts the line. */
bool cgroup_mount(char *line, const char *controller, struct mountinfo *mount);

/* Where a group is in the file system, allocated; NULL if it isn't below that mount. */
char *cgroup_path(const struct mountinfo *mount, const char *own);

/* From a whole file, /proc/PID/cgroup or mountinfo: the group, or where it is; allocated, or NULL
 * if there is none. 0, or -errno if there is no such file. */
int cgroup_read_own(const char *file, const char *controller, char **own);
int cgroup_read_dir(const char *file, const char *controller, const char *own, char **dir);

#endif
