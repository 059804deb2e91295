/* OCI's and moby's JSON into a policy. jansson parses, what stands where in it is known here. May
 * do nothing but compute. */
#include "oci.h"

#include "capability.h"
#include "memory.h"
#include "names.h"
#include "oci_read.h"
#include "util.h"
#include "width.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum policy_act act;
} actions[] = {
	{ "SCMP_ACT_ALLOW", POLICY_ALLOW },       { "SCMP_ACT_LOG", POLICY_LOG },
	{ "SCMP_ACT_ERRNO", POLICY_ERRNO },       { "SCMP_ACT_TRAP", POLICY_TRAP },
	{ "SCMP_ACT_KILL_PROCESS", POLICY_KILL }, { "SCMP_ACT_KILL", POLICY_KILL },
	{ "SCMP_ACT_KILL_THREAD", POLICY_KILL },
};

static int read_action(struct oci_reader *r, const json_t *object, const char *member,
		       const char *ret_member, struct policy_action *action)
{
	const char *name = json_string_value(json_object_get(object, member));
	const json_t *ret = json_object_get(object, ret_member);
	json_int_t error = json_is_integer(ret) ? json_integer_value(ret) : EPERM;

	for (size_t i = 0; name && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i].name, name))
			continue;
		action->act = actions[i].act;
		action->error = action->act == POLICY_ERRNO ? (int)error : 0;
		/* 4095 is what libseccomp doesn't take, and no kernel has. */
		if (error >= 0 && error < 4095 &&
		    (!ret || json_is_integer(ret) || json_is_null(ret)))
			return 0;
		return oci_wrong(r, "%s: expected an errno up to 4094", ret_member);
	}
	if (name && (!strcmp(name, "SCMP_ACT_NOTIFY") || !strcmp(name, "SCMP_ACT_TRACE")))
		return oci_wrong(
			r,
			"%s: %s: nobody is there to be asked; expected SCMP_ACT_ALLOW, _LOG, "
			"_ERRNO, _TRAP or _KILL",
			member, name);
	return oci_wrong(r, "%s: %s: expected SCMP_ACT_ALLOW, _LOG, _ERRNO, _TRAP or _KILL", member,
			 name ? name : "it is missing");
}

static const struct {
	const char *name;
	enum policy_op op;
} ops[] = {
	{ "SCMP_CMP_EQ", POLICY_EQ },
	{ "SCMP_CMP_NE", POLICY_NE },
	{ "SCMP_CMP_LT", POLICY_LT },
	{ "SCMP_CMP_LE", POLICY_LE },
	{ "SCMP_CMP_GT", POLICY_GT },
	{ "SCMP_CMP_GE", POLICY_GE },
	{ "SCMP_CMP_MASKED_EQ", POLICY_MASKED_EQ },
};

static int read_number(struct oci_reader *r, const json_t *arg, const char *member, bool needed,
		       uint64_t *number)
{
	const json_t *value = json_object_get(arg, member);

	*number = (uint64_t)json_integer_value(value);
	if (json_is_integer(value) || (!needed && (!value || json_is_null(value))))
		return 0;
	return oci_wrong(r, "args: %s: expected a number", member);
}

static int read_test(struct oci_reader *r, json_t *arg, struct policy_test *test)
{
	static const char *const known[] = { "index", "value", "valueTwo", "op", NULL };
	const char *name = json_string_value(json_object_get(arg, "op"));
	uint64_t index, value, two;
	size_t op = 0;

	if (!json_is_object(arg))
		return oci_wrong(r, "args: expected objects with index, value and op");
	if (oci_members(r, arg, "args", known, OCI_ALL) < 0 ||
	    read_number(r, arg, "index", true, &index) < 0 ||
	    read_number(r, arg, "value", true, &value) < 0 ||
	    read_number(r, arg, "valueTwo", false, &two) < 0)
		return -EINVAL;
	if (index >= POLICY_ARGS)
		return oci_wrong(r, "args: index: expected 0 to 5");
	while (op < ARRAY_SIZE(ops) && (!name || strcmp(ops[op].name, name)))
		op++;
	if (op == ARRAY_SIZE(ops))
		return oci_wrong(r,
				 "args: op: %s: expected SCMP_CMP_EQ, _NE, _LT, _LE, _GT, _GE or "
				 "_MASKED_EQ",
				 name ? name : "it is missing");
	*test = (struct policy_test){ (unsigned)index, ops[op].op, false, UINT64_MAX, value };
	if (test->op != POLICY_MASKED_EQ)
		return 0;
	if (!value)
		return oci_wrong(r, "args: value: expected a mask other than 0, this one always "
				    "matches");
	/* libseccomp looks at no other bits of it. */
	test->mask = value;
	test->value = two & value;
	return 0;
}

static bool indexes_repeat(const struct policy_rule *rule)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < rule->ntests; i++) {
		if (seen >> rule->test[i].arg & 1)
			return true;
		seen |= 1U << rule->test[i].arg;
	}
	return false;
}

static int add_call(struct oci_reader *r, struct policy_rule rule)
{
	struct policy_test test[POLICY_TESTS];
	struct policy_rule alone = rule;

	/* What is cut for one name isn't for the next. */
	if (rule.ntests)
		memcpy(test, rule.test, rule.ntests * sizeof(test[0]));
	rule.test = test;
	for (unsigned i = 0; i < rule.ntests; i++) {
		/* The profile's author and runtime compare 64 bits, the kernel reads 32. */
		const char *expected = policy_width_fit(rule.nr, &test[i]);

		if (expected)
			return oci_wrong(
				r, "args: expected %s: the kernel reads no more of arg%u of %s",
				expected, test[i].arg, policy_call_name(rule.nr));
	}
	if (!indexes_repeat(&rule)) {
		policy_add_rule(&r->found, &rule);
		return 0;
	}
	/* Runtimes take several tests of one argument for alternatives, and then all of them. */
	alone.ntests = 1;
	for (unsigned i = 0; i < rule.ntests; i++) {
		alone.test = &test[i];
		policy_add_rule(&r->found, &alone);
	}
	return 0;
}

static int read_args(struct oci_reader *r, const json_t *args, struct policy_rule *rule)
{
	size_t i;
	json_t *arg;

	if (args && !json_is_null(args) && !json_is_array(args))
		return oci_wrong(r, "args: expected an array");
	json_array_foreach(args, i, arg)
	{
		if (rule->ntests == POLICY_TESTS)
			return oci_wrong(r, "args: expected at most %d", POLICY_TESTS);
		if (read_test(r, arg, &rule->test[rule->ntests]) < 0)
			return -EINVAL;
		rule->ntests++;
	}
	return 0;
}

static int read_name(struct oci_reader *r, const json_t *value, struct policy_rule *rule)
{
	const char *name = json_string_value(value);
	char text[96];

	if (!name)
		return oci_wrong(r, "names: expected strings");
	rule->nr = policy_call_number(name);
	if (rule->nr == POLICY_NO_CALL) {
		oci_note(r, "%s: no architecture here has such a call", name);
		return 0;
	}
	(void)snprintf(text, sizeof(text), "syscalls[%zu]: %s%s", r->element, name,
		       rule->ntests ? ", by its args" : "");
	rule->where = (struct policy_where){ r->file, oci_line(r), 0,
					     policy_copy(r->policy, text, strlen(text)) };
	return add_call(r, *rule);
}

static int read_names(struct oci_reader *r, const json_t *entry, struct policy_rule *rule)
{
	const json_t *names = json_object_get(entry, "names"), *name;
	const json_t *old = json_object_get(entry, "name"); /* docker's before 1.11 */
	const char *text = json_string_value(old);
	size_t i;

	/* To moby and podman, an empty one is none. */
	if (old && !json_is_null(old) && !(text && !*text)) {
		if (json_array_size(names))
			return oci_wrong(r, "name: expected it or names, not both");
		return read_name(r, old, rule);
	}
	if (!json_is_array(names))
		return oci_wrong(r, "names: expected an array");
	json_array_foreach(names, i, name)
	{
		if (read_name(r, name, rule) < 0)
			return -EINVAL;
	}
	return 0;
}

static int read_entry(struct oci_reader *r, json_t *entry)
{
	/* errno is podman's, which has the same as errnoRet by name. */
	static const char *const known[] = { "names",    "name",  "action",   "args", "includes",
					     "excludes", "errno", "errnoRet", NULL };
	struct policy_test test[POLICY_TESTS];
	struct policy_rule rule = { .test = test };
	int in;

	if (!json_is_object(entry))
		return oci_wrong(r, "expected an object with names and action");
	if (oci_members(r, entry, "", known, OCI_ALL) < 0)
		return -EINVAL;
	in = oci_entry_counts(r, entry);
	if (in <= 0)
		return in;
	if (read_action(r, entry, "action", "errnoRet", &rule.action) < 0 ||
	    read_args(r, json_object_get(entry, "args"), &rule) < 0)
		return -EINVAL;
	/* Runtimes skip these, so that they don't beat entries that follow. */
	if (policy_same_action(&rule.action, &r->policy->otherwise))
		return 0;
	return read_names(r, entry, &rule);
}

/* The last rule is the strongest in a policy: so the first of those with args, ..., the first
 * without. */
static void move_rules(struct oci_reader *r)
{
	for (int plain = 0; plain < 2; plain++) {
		for (size_t i = r->found.nrules; i-- > 0;) {
			if (r->found.rule[i].ntests ? !plain : plain)
				policy_add_rule(r->policy, &r->found.rule[i]);
		}
	}
}

static int read_root(struct oci_reader *r, json_t *root)
{
	static const char *const known[] = { "defaultAction",
					     "defaultErrnoRet",
					     "architectures",
					     "archMap",
					     "syscalls",
					     "flags",
					     NULL };
	json_t *syscalls = json_object_get(root, "syscalls"), *entry;

	if (!json_is_object(root))
		return oci_wrong(r, "expected an object with defaultAction and syscalls");
	/* A list by another name may be the rules; one word can't loosen anything. */
	if (oci_members(r, root, "", known, OCI_LISTS) < 0 ||
	    read_action(r, root, "defaultAction", "defaultErrnoRet", &r->policy->otherwise) < 0 ||
	    oci_read_archs(r, root) < 0)
		return -EINVAL;
	/* As runc does: who lets through what he doesn't name lets through what is newer. */
	if (r->policy->otherwise.act == POLICY_ALLOW || r->policy->otherwise.act == POLICY_LOG)
		r->policy->unknown = r->policy->otherwise;
	if (json_object_get(root, "listenerPath"))
		oci_note(r, "listenerPath: nobody is asked");
	if (json_array_size(json_object_get(root, "flags")))
		oci_note(r, "flags: the kernel is asked for none");
	r->inside = true;
	if (syscalls && !json_is_null(syscalls) && !json_is_array(syscalls))
		return oci_wrong(r, "expected an array");
	json_array_foreach(syscalls, r->element, entry)
	{
		if (read_entry(r, entry) < 0)
			return -EINVAL;
	}
	move_rules(r);
	return 0;
}

int policy_parse_oci(struct policy *policy, const char *file, const char *bytes, size_t len,
		     const struct policy_context *context)
{
	struct oci_reader r = { .policy = policy, .context = context };
	char *text = oci_widen(bytes, &len);
	json_error_t error;
	json_t *root;
	int err;

	r.file = policy_copy(policy, file, strlen(file));
	policy_init(&r.found, "");
	r.line = oci_lines(text, len, "syscalls", &r.nlines);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (root) {
		err = read_root(&r, root);
	} else {
		err = -EINVAL;
		(void)fprintf(context->errors ? context->errors : stderr, "%s:%d:%d: %s\n", file,
			      error.line, error.column, error.text);
	}
	json_decref(root);
	policy_finish(&r.found);
	free(r.line);
	free(text);
	return err;
}
