/* verbs.h - what `cradle policy VERB` runs. argv[0] is the verb; each returns the exit code.
 * What goes to stdout is flushed by their caller, who tells if it can't be written. */
#ifndef POLICY_VERBS_H
#define POLICY_VERBS_H

#include "policy.h"

/* The options that all verbs that read a policy have: getopt_long's val, and their entries. */
enum { CONTEXT_CAP = 0x100, CONTEXT_KERNEL };
#define CONTEXT_OPTIONS                                           \
	{ "cap", required_argument, NULL, CONTEXT_CAP },          \
	{                                                         \
		"kernel", required_argument, NULL, CONTEXT_KERNEL \
	}

/* Take --cap CAP[,CAP...] (repeatable) or --kernel X.Y out of getopt's option and optarg. Returns 1
 * if it was one of them, 0 if not, and -EINVAL, said, for a bad value. */
int context_option(struct policy_context *context, int option);

/* A whole verb that has these options and n policies, 1 or 2, of which tell() prints what there is
 * to say and returns the exit code. Returns that, or a failure's. */
int verb_policies(int argc, char **argv, const char *usage, struct policy_context *context, int n,
		  int (*tell)(const struct policy *policy, FILE *to));

/* What the verbs print, for tests. check says whether words never decide, diff whether anything
 * differs. */
bool check_policy(const struct policy *policy, FILE *to);
void show_policy(const struct policy *policy, FILE *to);
bool diff_policies(const struct policy *a, const struct policy *b, FILE *to);

int verb_compile(int argc, char **argv);
int verb_learn(int argc, char **argv);
int verb_supervise(int argc, char **argv);
int verb_groups(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_show(int argc, char **argv);
int verb_diff(int argc, char **argv);

#endif
