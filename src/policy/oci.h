/* oci.h - seccomp profiles as container runtimes have them: the OCI runtime specification's, and
 * moby's and podman's templates with includes and excludes. */
#ifndef POLICY_OCI_H
#define POLICY_OCI_H

#include "policy.h"

/* Append the rules of a profile to a policy (policy_init() made it). What runtimes do is what it
 * means: an entry without args beats those with, of several the first counts, and an entry that
 * says what the default says is none. Templates are resolved from the context. Returns 0, or
 * -EINVAL after a line on context->errors. */
int policy_parse_oci(struct policy *policy, const char *file, const char *bytes, size_t len,
		     const struct policy_context *context);

/* Write a policy as plain OCI JSON, which has no order and compares 64 bits: rules become disjoint
 * ones. Returns 0, -E2BIG after saying which call would need too many, or -errno. */
int policy_write_oci(const struct policy *policy, FILE *to);

struct policy_program;

/* What runtimes make of a profile that policy_write_oci() wrote, by libseccomp. Returns 0, or
 * -errno: they can make nothing of it. The caller finishes the program in any case. */
int oci_runtime_program(const char *text, size_t len, struct policy_program *program);

/* Whether they can load it: their programs are much longer than ours, as libseccomp compares each
 * rule's arguments in full. name: the policy's. Returns 0, or -E2BIG after saying which calls take
 * most of it, or -errno, said. */
int oci_check_size(const char *name, const char *text, size_t len);

/* The lines on which the elements of the member `name`, an array of the outermost object, begin,
 * from a text that is JSON; malloc(3)ed. */
unsigned *oci_lines(const char *text, size_t len, const char *name, size_t *n);

/* A copy in which integers between 2^63 and 2^64 are the negative ones of the same 64 bits, for
 * jansson reads signed ones. malloc(3)ed, *len is its length. */
char *oci_widen(const char *text, size_t *len);

#endif
