/* risky.h - calls that a policy should have a reason to allow. */
#ifndef POLICY_RISKY_H
#define POLICY_RISKY_H

#include "policy.h"

struct risk {
	const char *call;
	uint64_t args[POLICY_ARGS]; /* such that it is the risky one */
	const char *shown;          /* the call as people are told of it */
	const char *what;
};

/* NULL: no more. */
const struct risk *risky(unsigned i);

#endif
