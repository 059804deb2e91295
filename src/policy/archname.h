/* archname.h - architectures by name, as libseccomp has them. */
#ifndef POLICY_ARCHNAME_H
#define POLICY_ARCHNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "x86_64", "aarch64", "native", ...; also the names that others use: i386, amd64, arm64. Returns
 * SCMP_ARCH_*, or 0: no such architecture. */
uint32_t archname_parse(const char *name, size_t len);

/* The i-th name that is written in policies; NULL: no more. */
const char *archname_at(unsigned i);

/* The name of an SCMP_ARCH_*, "?" if there is none. */
const char *archname_of(uint32_t arch);

bool archname_is_native(uint32_t arch);

#endif
