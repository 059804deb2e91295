/* user.h - find who the agent is to be in the files of its root, as no C library looks there. */
#ifndef STAGE_USER_H
#define STAGE_USER_H

#include "spec.h"

#include <stdio.h>

/* Fill in what --user and --groups mean by these two files, in the form of passwd(5) and group(5);
 * NULL: there is none. 0, or -errno after saying why. */
int user_read(struct spec_user *user, FILE *passwd, FILE *group);

/* Outside, before the ids are mapped: by the root that the sandbox starts from. As root, who is
 * found is mapped as the same one, and so really is another user. 0, or -errno after saying why. */
int user_outside(struct spec_run *run);

/* In PID 1, where / is the agent's: the truth. What was found outside has to be the same. 0, or
 * -errno after saying why. */
int user_inside(struct spec *spec);

#endif
