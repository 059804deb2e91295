/* machine.h - the system's own commands for its end: poweroff, reboot, halt, shutdown. */
#ifndef COMMAND_MACHINE_H
#define COMMAND_MACHINE_H

/* When called by one of these names, as a link to cradle: do it. Returns the exit code, or -1 under
 * any other name. */
int machine_command(int argc, char **argv);

#endif
