/* entry.h - cradle enter: a further command in a sandbox that is there. */
#ifndef COMMAND_ENTRY_H
#define COMMAND_ENTRY_H

/* argv: what comes after "enter". Returns the exit code by the contract. */
int entry(int argc, char **argv);

#endif
