/* console.h - descriptors 0 to 2 that can be used. */
#ifndef STAGE_CONSOLE_H
#define STAGE_CONSOLE_H

#include <stdbool.h>

/* Fill those of 0 to 2 that are closed, so that no other file ever gets their number. With
 * /dev/null; in a VM with /dev/console, and where no console driver registered, errors go to
 * the kernel's log. */
void console_fill(bool vm);

/* A console driver may have come as a module since. With wait, for a second at most: virtio's
 * registers some milliseconds after its module is loaded, from a work queue. */
void console_retry(bool wait);

#endif
