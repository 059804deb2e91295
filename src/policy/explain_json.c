/* A denial as a line of JSON. */
#include "explain.h"

#include "archname.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct policy_where *find_where(const struct verdict *verdict)
{
	if (verdict->rule)
		return &verdict->rule->where;
	if (verdict->reason == VERDICT_DEFAULT)
		return &verdict->by->policy.otherwise_where;
	if (verdict->reason == VERDICT_UNKNOWN)
		return &verdict->by->policy.unknown_where;
	return NULL;
}

/* Of a process nothing but ASCII is left to here, but a policy's own line may be any bytes,
 * and then it is left out: JSON is UTF-8. */
static void set(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		(void)json_object_set_new(object, key, json_string(text));
}

json_t *explain_json(const struct denial *denial)
{
	const struct verdict *verdict = denial->verdict;
	const struct policy_where *where = find_where(verdict);
	char allow[EXPLAIN_ALLOW], outcome[16];
	json_t *object = json_object();

	explain_allow(allow, denial);
	set(object, "event", denial->complain ? "would_deny" : "denied");
	set(object, "call", denial->call->call.name);
	(void)json_object_set_new(object, "number", json_integer(denial->call->data->nr));
	set(object, "arch", archname_of(denial->call->arch));
	set(object, "text", denial->text);
	set(object, "outcome", explain_outcome(&verdict->action, outcome));
	(void)json_object_set_new(object, "pid", json_integer(denial->call->call.pid));
	set(object, "comm", denial->comm);
	set(object, "policy", verdict->by ? verdict->by->name : NULL);
	if (where && where->file) {
		set(object, "file", where->file);
		(void)json_object_set_new(object, "line", json_integer(where->line));
		set(object, "rule", where->text);
	}
	set(object, "allow", allow);
	set(object, "instead", explain_instead(denial));
	set(object, "risk", explain_risk(denial));
	return object;
}

int explain_json_write(int fd, json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	int err = 0;

	json_decref(object);
	if (!text)
		return -ENOMEM;
	text[len] = '\n'; /* in place of the NUL: one write(2), so that lines don't mix */
	if (write(fd, text, len + 1) < 0)
		err = -errno;
	free(text);
	return err;
}
