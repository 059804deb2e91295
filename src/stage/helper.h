/* helper.h - programs beside cradle, found as git finds its subcommands; and those of others. */
#ifndef STAGE_HELPER_H
#define STAGE_HELPER_H

#include <stddef.h>

/* Where cradle-NAME is: $CRADLE_EXEC_PATH, the libexec directory of this build, ../libexec/cradle
 * from where this executable lies, beside it. Returns 0, or -ENOENT. */
int helper_find(const char *name, char *path, size_t size);

/* Where a program is in PATH. Returns 0, or -ENOENT. */
int helper_in_path(const char *name, char *path, size_t size);

/* Run cradle-NAME and wait. 0, or -errno after saying what failed (-EIO: it said so itself). */
int helper_run(const char *name, char *const argv[]);

#endif
