/* learn_record.h - which calls came, with which of the arguments that matter, and how often. Pure.
 */
#ifndef POLICY_LEARN_RECORD_H
#define POLICY_LEARN_RECORD_H

#include "learn_terms.h"
#include "policy.h"

#include <stdbool.h>

struct learn_use {
	int nr;
	uint64_t value[TERMS]; /* of learn_terms(), masked; zeroes where there are none */
	unsigned long count;
};

struct learn_record {
	struct learn_use *use;
	size_t nuses;
	unsigned long hidden;   /* clone3, which was told not to exist */
	unsigned long nameless; /* calls that nobody has a name for: they had no effect */
	unsigned long runs;
	uint32_t arch[POLICY_ARCHS]; /* SCMP_ARCH_*, foreign ones */
	unsigned narchs;
	/* Of a file that is merged with: lines that learn didn't write, and go on holding. */
	char *kept;
	size_t kept_len;
	char *otherwise; /* its `default` line; NULL: the usual one */
};

/* Count on, up to the most that there is: a learnt file may say anything. */
void learn_add(unsigned long *sum, unsigned long count);

/* Note a call, `count` times. */
void learn_note(struct learn_record *record, int nr, const uint64_t args[POLICY_ARGS],
		unsigned long count);

void learn_note_arch(struct learn_record *record, uint32_t arch);

/* A line of a file that stays; without its end. */
void learn_keep(struct learn_record *record, const char *line, size_t len);

/* Into the order in which they are written: by the calls' names, then by their arguments. */
void learn_sort(struct learn_record *record);

/* Accepts a zeroed one. */
void learn_finish(struct learn_record *record);

#endif
