/* policy.h - a seccomp policy as plain data.
 *
 * An ordered list of rules of which the last that matches decides. Made by a parser (text, OCI
 * JSON), read by eval, the compiler and everything that prints. Strings live as long as the policy.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { POLICY_ARGS = 6, POLICY_TESTS = 32, POLICY_ARCHS = 8 };

/* From the mildest to the strictest, which is what decides between stacked policies. */
enum policy_act { POLICY_ALLOW, POLICY_LOG, POLICY_ERRNO, POLICY_TRAP, POLICY_KILL };

struct policy_action {
	enum policy_act act;
	int error; /* POLICY_ERRNO: the positive errno; 0: the call returns 0 */
};

enum policy_op {
	POLICY_EQ,
	POLICY_NE,
	POLICY_LT,
	POLICY_LE,
	POLICY_GT,
	POLICY_GE,
	POLICY_MASKED_EQ, /* (arg & mask) == value */
	POLICY_MASKED_NE,
};

struct policy_test {
	unsigned arg;
	enum policy_op op;
	bool low; /* the kernel reads 32 bits of it, so the others don't count (CVE-2019-10063) */
	uint64_t mask, value;
};

/* Where something stands; file NULL: nowhere. */
struct policy_where {
	const char *file;
	unsigned line, column;
	const char *text; /* the line as it was written, without blanks around it */
};

/* One call of one line; `or`, `in` and several names make several rules. All tests must hold. */
struct policy_rule {
	struct policy_action action;
	int nr; /* native; negative: libseccomp's own, of a call that only other architectures have
		 */
	struct policy_test *test; /* at most POLICY_TESTS */
	unsigned ntests;
	struct policy_where where;
};

/* What the CAP_ and kernel terms of a policy are resolved with, and who hears of errors. */
struct policy_context {
	uint64_t caps;                       /* bit per capability that the agent keeps */
	unsigned kernel_major, kernel_minor; /* 0.0: the running one */
	FILE *errors;                        /* NULL: stderr */
	FILE *notes; /* what a profile has that means nothing here; NULL: nobody wants to know */
};

/* The kernel that a policy is read for. False: the running one doesn't tell. */
bool policy_kernel(const struct policy_context *context, unsigned *major, unsigned *minor);

/* A file that the policy was made from: its own, or one that it includes. */
struct policy_input {
	const char *path; /* as messages call it */
	const char *bytes;
	size_t len;   /* a NUL follows, which isn't counted */
	bool shipped; /* built into this program; path is its name */
};

struct policy {
	const char *name;
	struct policy_action otherwise; /* no rule matches: EPERM unless it says so */
	struct policy_where otherwise_where;
	struct policy_action unknown; /* see policy_knows(): ENOSYS unless it says so */
	struct policy_where unknown_where;
	uint32_t arch[POLICY_ARCHS]; /* SCMP_ARCH_* besides the native one */
	unsigned narchs;
	struct policy_rule *rule;
	size_t nrules;
	struct policy_input *input; /* in the order read */
	size_t ninputs;
	void *memory; /* what the strings stand in */
};

/* Make an empty one with the defaults above. The name is copied. */
void policy_init(struct policy *policy, const char *name);

/* Free what a parser made; accepts a zeroed one. */
void policy_finish(struct policy *policy);

/* Whether this policy has an answer of its own for a number: `default` or a rule. A number that
 * neither libseccomp nor newer.c has a name for, or one from 451 up (POLICY_NEWER) that no rule
 * names, gets `unknown`, so that libc falls back to older calls whatever the policy's default is,
 * and whichever libseccomp reads the policy. */
bool policy_knows(const struct policy *policy, int nr);

/* Whether a call that gets the one can't tell it from the other. */
bool policy_same_action(const struct policy_action *a, const struct policy_action *b);

/* What happens to a call, and the rule that decides it: NULL for `otherwise` and `unknown`. */
struct policy_action policy_eval(const struct policy *policy, int nr,
				 const uint64_t args[POLICY_ARGS],
				 const struct policy_rule **decided);

#endif
