/* pfc.h - a policy as pseudo filter code, as libseccomp's tools write it. */
#ifndef POLICY_PFC_H
#define POLICY_PFC_H

#include "policy.h"

/* The order is the one in which a compiled program looks. Returns 0 or -EIO. */
int policy_write_pfc(const struct policy *policy, FILE *to);

#endif
