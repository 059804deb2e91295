/* oci_read.h - one profile while it is read. Used by oci_*.c only. */
#ifndef POLICY_OCI_READ_H
#define POLICY_OCI_READ_H

#include "policy.h"

#include <jansson.h>

struct oci_reader {
	struct policy *policy;
	const struct policy_context *context;
	const char *file;
	unsigned *line; /* of each element of syscalls */
	size_t nlines;
	bool inside; /* of syscalls, at: */
	size_t element;
	struct policy found; /* its rules in the file's order */
};

/* Where `element` begins; 0 outside of syscalls. */
unsigned oci_line(const struct oci_reader *r);

/* "file:line: syscalls[3]: ..." to who hears of errors. Returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int oci_wrong(const struct oci_reader *r, const char *fmt,
						    ...);

/* The same to who wants to know what was passed over. */
__attribute__((format(printf, 2, 3))) void oci_note(const struct oci_reader *r, const char *fmt,
						    ...);

/* An object has no other members than these (NULL behind the last) and comments; OCI_LISTS: none
 * that are an array or an object. To pass over a misspelt condition would make a rule that always
 * holds. what: where the object stands, "" for an entry or the outermost. Returns 0, or -EINVAL,
 * said. */
enum oci_which { OCI_ALL, OCI_LISTS };
int oci_members(const struct oci_reader *r, json_t *object, const char *what,
		const char *const *known, enum oci_which which);

/* Whether an entry's includes and excludes hold. Returns 1, 0, or -EINVAL, said. */
int oci_entry_counts(const struct oci_reader *r, const json_t *entry);

/* SCMP_ARCH_* of "SCMP_ARCH_X86_64"; 0: libseccomp has no such architecture. */
uint32_t oci_arch(const json_t *value);

/* architectures or archMap into policy->arch: those that the native one's kernel runs. */
int oci_read_archs(const struct oci_reader *r, const json_t *root);

#endif
