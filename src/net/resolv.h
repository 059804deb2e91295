/* resolv.h - write resolv.conf(5). */
#ifndef NET_RESOLV_H
#define NET_RESOLV_H

#include "net.h"

/* Replace the file at path, whatever it is (a link isn't followed), by one with these name servers.
 * Its directory is made if it is missing. Returns 0 or -errno; then the old file is untouched. */
int resolv_write(const char *path, const struct net_ip *dns, unsigned ndns);

#endif
