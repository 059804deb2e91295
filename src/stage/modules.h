/* modules.h - load the kernel modules that an initramfs lists. */
#ifndef STAGE_MODULES_H
#define STAGE_MODULES_H

#include <stdbool.h>

/* One module a line: absolute path, then its parameters; '#' begins a comment. In their order, as
 * the builder has resolved dependencies. One that can't be loaded is a warning.
 * -errno if the list itself can't be read; says so unless it is missing and optional. */
int modules_load(const char *list, bool optional);

#endif
