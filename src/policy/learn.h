/* learn.h - run a command once and see what it calls. */
#ifndef POLICY_LEARN_H
#define POLICY_LEARN_H

#include "learn_record.h"

/* Run `cradle run ARGS`, argv being a whole one with room for four words after its first two, and
 * note every call into the record. Returns the command's exit code, as cradle run does, and says
 * whether anything was seen in *seen. */
int learn_run(struct learn_record *record, char **argv, bool *seen);

#endif
