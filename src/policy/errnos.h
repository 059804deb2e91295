/* errnos.h - errors by name. A header has many other names that begin with E, and values as small.
 */
#ifndef POLICY_ERRNOS_H
#define POLICY_ERRNOS_H

/* seccomp(2)'s largest, and the kernel's. */
enum { ERRNO_MAX = 4095 };

/* "ENOENT" -> 2; 0: no error has this name. */
int errno_value(const char *name);

/* The usual one of its names; NULL: it has none. */
const char *errno_name(int error);

/* The i-th of all names; NULL: no more. */
const char *errno_at(unsigned i);

#endif
