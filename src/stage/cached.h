/* cached.h - policies that an earlier launch compiled. */
#ifndef STAGE_CACHED_H
#define STAGE_CACHED_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/* The program of a policy (a path, or a name) for an agent that keeps caps, if the user's cache has
 * it and all that it was made from is as it was; file: its text, if it is open already, else -1;
 * compiler is where cradle-policy is now. It lives as long as we do. */
bool cached_policy(struct sock_fprog *program, const char *policy, int file, uint64_t caps,
		   const char *compiler);

#endif
