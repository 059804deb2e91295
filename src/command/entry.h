/* entry.h - cradle enter: a further command in a sandbox that is there. */
#ifndef COMMAND_ENTRY_H
#define COMMAND_ENTRY_H

#include "spec.h"

/* argv: the sandbox and the command. Returns the exit code by the contract, after saying why if it
 * is ours; exits with the command's. */
int entry(struct spec *spec, char **argv);

#endif
