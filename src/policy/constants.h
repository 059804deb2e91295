/* constants.h - numbers by the names that the system's headers have for them. */
#ifndef POLICY_CONSTANTS_H
#define POLICY_CONSTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_constant {
	const char *name;
	uint64_t value;
};

/* All, sorted by name. */
const struct policy_constant *policy_constants(size_t *n);

/* NULL: there is none of that name. */
const struct policy_constant *policy_constant(const char *name);

/* "AF_", 16 -> "AF_NETLINK"; NULL: none has exactly that value. The prefix may be several,
 * separated by blanks: "TIOC TC". Of names for one value the shortest, then the first, wins. */
const char *policy_constant_name(const char *prefix, uint64_t value);

/* Which names argument 0 to 5 of a call takes: "AF_" for socket's first; NULL: just a number.
 * *flags says whether values are or-ed. */
const char *policy_argument_prefix(int nr, unsigned arg, bool *flags);

enum { POLICY_NUMBER = sizeof("0xffffffffffffffff") };

/* The value as this argument is best written: "AF_INET", "CLONE_NEWNS|CLONE_NEWUSER|0x8", "3",
 * "0x80045430". A policy reads the same number from it. Names that buf has no room for become one
 * number, for which it has to have POLICY_NUMBER bytes. Returns buf. */
char *policy_argument_text(int nr, unsigned arg, uint64_t value, char *buf, size_t size);

#endif
