/* width.h - how much of an argument the kernel reads. */
#ifndef POLICY_WIDTH_H
#define POLICY_WIDTH_H

#include "policy.h"

#include <stdbool.h>

/* True if the kernel takes (at most) the low 32 bits of argument 0 to 5 and ignores the others,
 * which the caller chooses: to compare them, too, lets TIOCSTI|1<<32 pass (CVE-2019-10063). */
bool policy_width_low(int nr, unsigned arg);

/* Cut a test to what the kernel reads of its argument of this call. Returns NULL, or what was
 * expected instead, for it can't be cut: "a number of 32 bits". */
const char *policy_width_fit(int nr, struct policy_test *test);

#endif
