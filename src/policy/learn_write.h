/* learn_write.h - a policy's text from what was learnt, and back. Pure. */
#ifndef POLICY_LEARN_WRITE_H
#define POLICY_LEARN_WRITE_H

#include "learn_record.h"

/* Write the smallest readable policy that allows it all. The record gets sorted, and the baseline
 * added. What is read back from it is written as the same text again. */
void learn_write(FILE *out, struct learn_record *record);

/* Add what an earlier learn wrote into a file: the lines with a number of times behind them. Others
 * are kept. Returns 0, or -EINVAL, said: it isn't a policy, or not one that was learnt. */
int learn_read(struct learn_record *record, const char *file, const char *text,
	       const struct policy_context *context);

/* What all learnt files begin with, and how many lines that comment has. */
enum { LEARN_HEAD = 3 };
extern const char learn_mark[];

#endif
