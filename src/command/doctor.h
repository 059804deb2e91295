/* doctor.h - cradle doctor: what of a sandbox works here, what doesn't, and what would mend it. */
#ifndef COMMAND_DOCTOR_H
#define COMMAND_DOCTOR_H

/* argv: what comes after "doctor". Tries everything in children that leave nothing behind, prints
 * one line per check, or with --json one object. Returns 0 if the default sandbox works, else 1. */
int doctor(int argc, char **argv);

#endif
