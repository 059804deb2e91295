/* capability.h - capabilities by name. Pure. */
#ifndef SPEC_CAPABILITY_H
#define SPEC_CAPABILITY_H

#include <stdint.h>

#define CAPABILITY_ALL ((UINT64_C(1) << 41) - 1) /* CAP_LAST_CAP of Linux 5.9 to 6.18 is 40 */

/* A comma list of "CAP_NET_ADMIN", "net_admin", "ALL" into bits; 0: there is none of some name. */
uint64_t capability_parse(const char *list);

/* "CAP_NET_ADMIN", or NULL. */
const char *capability_name(unsigned number);

#endif
