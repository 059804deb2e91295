/* A denial as a line for people. Pure. */
#include "explain.h"

#include "archname.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *explain_outcome(const struct policy_action *action, char buf[16])
{
	const char *name = action->act == POLICY_ERRNO ? strerrorname_np(action->error) : "SIGSYS";

	if (!name)
		(void)snprintf(buf, 16, "errno %d", action->error);
	return name ? name : buf;
}

static void write_where(FILE *out, const struct policy_where *where, const char *otherwise)
{
	if (where->file && where->text)
		fprintf(out, "%s:%u: %s", where->file, where->line, where->text);
	else if (where->file)
		fprintf(out, "%s:%u", where->file, where->line);
	else
		fputs(otherwise, out);
}

static void write_reason(FILE *out, const struct denial *denial)
{
	const struct verdict *verdict = denial->verdict;
	const struct policy *policy = verdict->by ? &verdict->by->policy : NULL;
	char otherwise[160];

	if (!policy) {
		fputs("by none of the policies given, so they aren't those that hold", out);
		return;
	}
	(void)snprintf(otherwise, sizeof(otherwise), "the default of %s", verdict->by->name);
	fputs("by ", out);
	switch (verdict->reason) {
	case VERDICT_RULE:
		write_where(out, &verdict->rule->where, otherwise);
		break;
	case VERDICT_DEFAULT:
		write_where(out, &policy->otherwise_where, otherwise);
		break;
	case VERDICT_UNKNOWN:
		write_where(out, &policy->unknown_where, otherwise);
		fputs(denial->call->call.name ? " (newer than the policy)"
					      : " (nobody has a name for it)",
		      out);
		break;
	case VERDICT_ARCH:
		fprintf(out, "%s, which doesn't name %s", verdict->by->name,
			archname_of(denial->call->arch));
		break;
	case VERDICT_HIDDEN:
		fprintf(out,
			"%s, which can't see its arguments on %s and gives the strictest answer",
			verdict->by->name, archname_of(denial->call->arch));
		break;
	default:
		fprintf(out, "the program %s", verdict->by->name);
	}
}

static bool falls_back(const struct denial *denial)
{
	const char *name = denial->call->call.name;
	const struct policy_action *action = &denial->verdict->action;

	return name && !strcmp(name, "clone3") && action->act == POLICY_ERRNO &&
	       action->error == ENOSYS;
}

/* The risk as a comment, so that all of it may be copied into a policy. */
static void write_advice(FILE *out, const struct denial *denial)
{
	const char *instead = explain_instead(denial), *risk = explain_risk(denial);
	char allow[EXPLAIN_ALLOW];

	explain_allow(allow, denial);
	if (*allow)
		fprintf(out, "; to allow: %s%s%s", allow, risk ? " # risky: " : "",
			risk ? risk : "");
	else if (instead)
		fprintf(out, "; to have the C library do without: %s", instead);
	else if (falls_back(denial))
		fputs("; the C library does with clone what it can", out);
}

void explain_line(char text[EXPLAIN_TEXT], const struct denial *denial)
{
	FILE *out = fmemopen(text, EXPLAIN_TEXT - 1, "w");
	char outcome[16];

	text[0] = text[EXPLAIN_TEXT - 1] = '\0';
	if (!out)
		return;
	fprintf(out, "%s: %s = %s in %s[%d], ", denial->complain ? "would be denied" : "denied",
		denial->text, explain_outcome(&denial->verdict->action, outcome), denial->comm,
		(int)denial->call->call.pid);
	write_reason(out, denial);
	write_advice(out, denial);
	(void)fclose(out);
}
