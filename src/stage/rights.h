/* rights.h - the capabilities that this process has. */
#ifndef STAGE_RIGHTS_H
#define STAGE_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

/* What is permitted, a bit each. */
uint64_t rights_permitted(void);

/* True if this one, a number of <linux/capability.h>, is effective now. */
bool rights_have(unsigned capability);

#endif
