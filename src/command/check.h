/* check.h - what the parts of doctor share: how a check is done and told. */
#ifndef COMMAND_CHECK_H
#define COMMAND_CHECK_H

#include "why.h"

#include <stdbool.h>

enum check_status {
	CHECK_OK,
	CHECK_WARN, /* some option won't work */
	CHECK_FAIL, /* the default sandbox won't */
};

struct doctor {
	struct why_facts facts;
	bool json;
	bool failed;      /* some check did */
	bool userns;      /* user namespaces can be made */
	unsigned nchecks; /* told so far */
};

/* Tell one. err: 0 or -errno; cause and fix may be NULL. An ok's cause is a remark. */
void check_tell(struct doctor *doctor, const char *name, enum check_status status, int err,
		const char *cause, const char *fix);

/* Tell a step that was tried: ok for 0, else `otherwise` with what why_explain knows. */
void check_step(struct doctor *doctor, const char *name, enum check_status otherwise,
		enum why_step step, int err, uint64_t flags);

/* Run fn(arg) in a child and wait. Returns what it did, below 256 and negated if it is an error;
 * CHECK_KILLED if it was killed: seccomp(2) filters may do that to one who only asks. */
enum { CHECK_KILLED = -4096 };
int check_in_child(int (*fn)(void *arg), void *arg);

/* Memory that children write their results to. It isn't given back. NULL: none. */
void *check_shared(size_t size);

/* surroundings.c: what is around us, what the kernel has. */
void check_surroundings(struct doctor *doctor);
void check_kernel(struct doctor *doctor);
void check_programs(struct doctor *doctor);

/* namespaces.c: the namespaces, singly and at once, and what is done in them. */
void check_namespaces(struct doctor *doctor);

/* ids.c, cgroups.c */
void check_ranges(struct doctor *doctor);
void check_cgroups(struct doctor *doctor);

#endif
