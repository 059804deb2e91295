/* What a policy costs: the sandbox launchers' means, with other launchers. */
#ifndef BENCH_POLICY_H
#define BENCH_POLICY_H

#include "sandbox.h"

/* policy_calls.c */
void policy_time_calls(struct sandbox *s);

/* policy_table.c */
void policy_print(const struct sandbox *s);
void policy_expectations(const struct sandbox *s);
int policy_write(const struct sandbox *s, FILE *out);

#endif
