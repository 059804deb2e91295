/* mountinfo.h - one line of /proc/PID/mountinfo (proc(5)). Pure. */
#ifndef STAGE_MOUNTINFO_H
#define STAGE_MOUNTINFO_H

#include <stdbool.h>

struct mountinfo {
	char *root; /* what of the file system is mounted */
	char *at;
	char *options;
	char *type;
	char *super_options; /* NULL: the line ends before */
};

/* Cuts the line into words, which *mount then points to; the octal escapes of root and at are
 * undone. False: it is no such line. */
bool mountinfo_parse(char *line, struct mountinfo *mount);

#endif
