/* wall.h - who the agent is and how it is scheduled. Plain data; the rest of its wall is in
 * sandbox.h, landlock.h and policies.h. */
#ifndef SPEC_WALL_H
#define SPEC_WALL_H

#include <stdbool.h>

enum { WALL_GROUPS = 64 };

/* --user and --groups: as given, and what was found in the files of the agent's root. */
struct spec_user {
	const char *user;   /* NAME|UID[:GROUP]; NULL: as it is */
	const char *groups; /* a comma list; NULL: those of the user */
	unsigned uid, gid;  /* if there is a user */
	unsigned group[WALL_GROUPS];
	unsigned ngroups; /* supplementary */
	bool sets_groups; /* they can be set */
	char *home;       /* his directory, on the heap; NULL: not known */
};

/* What is set in the agent as it is given. */
struct spec_traits {
	bool nice_given, oom_given, umask_given;
	int nice;          /* -20 to 19 */
	int oom_score_adj; /* -1000 to 1000 */
	unsigned umask;
};

#endif
