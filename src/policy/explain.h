/* explain.h - a denied call in words: what, who, by which line, and which line would allow it. */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

#include "supervise_stack.h"

enum { EXPLAIN_TEXT = 4096, EXPLAIN_ALLOW = 1024 };

struct denial {
	const struct stack_call *call;
	const struct verdict *verdict;
	const char *text; /* of decode() */
	const char *comm; /* the thread's name */
	bool complain;    /* it was let through */
};

/* "allow socket if arg0 == AF_INET": the line that, at the end of the policy, allows this call and
 * as little else as can be said. Empty where there is none: a program isn't text, and clone3 would
 * be allowed with all that it can. */
void explain_allow(char text[EXPLAIN_ALLOW], const struct denial *denial);

/* "deny ENOSYS clone3": the line that makes the C library do without the call. NULL: there is none,
 * or the policy says so already. */
const char *explain_instead(const struct denial *denial);

/* What a line that allows it would open, of those calls that a policy should have a reason to
 * allow; NULL: nothing. */
const char *explain_risk(const struct denial *denial);

/* "EPERM", or SIGSYS. */
const char *explain_outcome(const struct policy_action *action, char buf[16]);

/* The line for people, without an end of line. */
void explain_line(char text[EXPLAIN_TEXT], const struct denial *denial);

/* The same as an object of JSON. */
struct json_t *explain_json(const struct denial *denial);

/* Write an object as one line, with one write(2), and free it. Returns 0 or -errno. */
int explain_json_write(int fd, struct json_t *object);

#endif
