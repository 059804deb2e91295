/* OCI's and moby's profiles: what runtimes do is what they mean; and what is written is what was
 * meant. */
#include "compile.h"
#include "memory.h"
#include "names.h"
#include "oci.h"
#include "width.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "random_policy.h"
#include "tap.h"

#define CAP(n) (UINT64_C(1) << (n))

enum { NUMBERS = 500, TRIES = 30, RANDOM_POLICIES = 150, ADMIN = 21, PTRACE = 19 };

#define HEAD "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["

static const struct {
	const char *about, *json;
	struct policy_context context;
	int nr;
	uint64_t args[POLICY_ARGS];
	struct policy_action expected;
} cases[] = {
	{ "a call by its name",
	  HEAD "{\"names\": [\"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_write,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "docker's old form with one name",
	  HEAD "{\"name\": \"read\", \"action\": \"SCMP_ACT_ALLOW\", \"args\": null}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "an empty name, as podman writes it beside names, is none",
	  HEAD "{\"name\": \"\", \"names\": [\"mkdirat\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_mkdirat,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "another call gets EPERM",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_write,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
	{ "an errno of its own",
	  "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"read\"], "
	  "\"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ERRNO, ENOSYS } },
	{ "a number that nobody knows", HEAD "]}", { 0 }, 599, { 0 }, { POLICY_ERRNO, ENOSYS } },
	{ "a number that nobody knows, in a profile that allows",
	  "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	  { 0 },
	  599,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "an entry with args holds where they do",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 1 },
	  { POLICY_ALLOW, 0 } },
	{ "an entry with args doesn't hold elsewhere",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 2 },
	  { POLICY_ERRNO, EPERM } },
	{ "bits that the kernel doesn't read get nobody through a !=",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 40, \"op\": \"SCMP_CMP_NE\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { UINT64_C(1) << 32 | 40 },
	  { POLICY_ERRNO, EPERM } },
	{ "value is the mask of a masked test",
	  HEAD "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	       "\"value\": 2114060288, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}]}",
	  { 0 },
	  SYS_clone,
	  { 0x10000000 },
	  { POLICY_ERRNO, EPERM } },
	{ "bits outside of the mask don't count, as for libseccomp",
	  "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"socket\"], "
	  "\"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 1, \"value\": 15, "
	  "\"valueTwo\": 18, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 0, 2 },
	  { POLICY_ERRNO, EPERM } },
	{ "what can't loosen anything may stand there",
	  "{\"$schema\": {}, \"defaultAction\": \"SCMP_ACT_ERRNO\", \"listenerMetadata\": \"\", "
	  "\"flags\": [], \"description\": \"\", \"syscalls\": [{\"names\": [\"read\"], \"name\": "
	  "null, "
	  "\"comment\": \"\", \"_why\": [], \"errno\": \"EPERM\", \"errnoRet\": 1, \"includes\": "
	  "{\"comment\": 1}, \"excludes\": null, \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "an int of 64 bits is the one that the kernel reads",
	  HEAD
	  "{\"names\": [\"openat\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 18446744073709551516, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_openat,
	  { (uint32_t)-100 },
	  { POLICY_ALLOW, 0 } },
	{ "tests of two arguments must both hold",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 16, \"op\": \"SCMP_CMP_EQ\"}, {\"index\": 2, \"value\": 9, "
	  "\"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 16, 0, 8 },
	  { POLICY_ERRNO, EPERM } },
	{ "of tests of one argument one is enough, as for crun and runc",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}, {\"index\": 0, \"value\": 2, "
	  "\"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 2 },
	  { POLICY_ALLOW, 0 } },
	{ "an entry without args beats one with, wherever it is",
	  HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\"}, {\"names\": [\"socket\"], "
	  "\"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 0, \"value\": 1, "
	  "\"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_socket,
	  { 1 },
	  { POLICY_ALLOW, 0 } },
	{ "of two entries without args the first counts",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\"}, {\"names\": [\"read\"], "
	       "\"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_LOG, 0 } },
	{ "but one that says what the default does is none",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\"}, {\"names\": [\"read\"], "
	       "\"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "includes: all capabilities are kept",
	  HEAD "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	       "[\"CAP_SYS_ADMIN\", \"CAP_SYS_PTRACE\"]}}]}",
	  { .caps = CAP(ADMIN) | CAP(PTRACE) },
	  SYS_mount,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "includes: one isn't kept",
	  HEAD "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	       "[\"CAP_SYS_ADMIN\", \"CAP_SYS_PTRACE\"]}}]}",
	  { .caps = CAP(ADMIN) },
	  SYS_mount,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
	{ "includes: a capability that nobody has heard of is not kept",
	  HEAD "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	       "[\"CAP_OF_TOMORROW\"]}}]}",
	  { .caps = UINT64_MAX },
	  SYS_mount,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
	{ "excludes: one capability is enough",
	  HEAD "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"caps\": "
	       "[\"CAP_SYS_ADMIN\", \"CAP_SYS_PTRACE\"]}}]}",
	  { .caps = CAP(PTRACE) },
	  SYS_clone3,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
	{ "excludes: none is kept",
	  HEAD "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"caps\": "
	       "[\"CAP_SYS_ADMIN\"]}}]}",
	  { 0 },
	  SYS_clone3,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "minKernel: as new",
	  HEAD "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", "
	       "\"includes\": {\"minKernel\": \"4.8\"}}]}",
	  { .kernel_major = 4, .kernel_minor = 8 },
	  SYS_ptrace,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "minKernel: older",
	  HEAD "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", "
	       "\"includes\": {\"minKernel\": \"4.8\"}}]}",
	  { .kernel_major = 4, .kernel_minor = 7 },
	  SYS_ptrace,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
	{ "minKernel: newer by the first number",
	  HEAD "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
	       "{\"minKernel\": \"4.8\"}}]}",
	  { .kernel_major = 5 },
	  SYS_ptrace,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "arches: of another architecture only",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"arches\": "
	       "[\"s390\", \"sh\"]}}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
#ifdef __x86_64__
	{ "arches: ours is among them, by Go's name",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"arches\": "
	       "[\"amd64\", \"x32\"]}}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "arches: ours is excluded",
	  HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"arches\": "
	       "[\"amd64\"]}}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ERRNO, EPERM } },
#endif
	{ "a name that no architecture has is passed over",
	  HEAD "{\"names\": [\"no_such_call\", \"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  { 0 },
	  SYS_read,
	  { 0 },
	  { POLICY_ALLOW, 0 } },
	{ "a number of 64 bits",
	  HEAD "{\"names\": [\"mmap\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 5, "
	       "\"value\": 18446744073709551615, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_mmap,
	  { [5] = UINT64_MAX },
	  { POLICY_ALLOW, 0 } },
	{ "the smallest that jansson doesn't read",
	  HEAD "{\"names\": [\"mmap\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\":5,"
	       "\"value\":9223372036854775808,\"op\":\"SCMP_CMP_EQ\"}]}]}",
	  { 0 },
	  SYS_mmap,
	  { [5] = UINT64_C(1) << 63 },
	  { POLICY_ALLOW, 0 } },
};

static void run_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy policy;
		struct policy_action got = { POLICY_TRAP, 0 };

		policy_init(&policy, "test");
		if (policy_parse_oci(&policy, "test.json", cases[i].json, strlen(cases[i].json),
				     &cases[i].context) == 0)
			got = policy_eval(&policy, cases[i].nr, cases[i].args, NULL);
		tap_ok(got.act == cases[i].expected.act && got.error == cases[i].expected.error,
		       "%s", cases[i].about);
		policy_finish(&policy);
	}
}

/* What isn't known has the profile's default, which can't be one that runtimes have as ENOSYS; and
 * arguments are compared as the parsers do. */
static void make_writable(struct policy *policy)
{
	static const struct policy_action actions[] = { { POLICY_ERRNO, ENOSYS },
							{ POLICY_ALLOW, 0 },
							{ POLICY_LOG, 0 } };

	policy->unknown = actions[below(3)];
	for (size_t i = 0; i < policy->nrules; i++) {
		struct policy_rule *rule = &policy->rule[i];

		for (unsigned t = 0; t < rule->ntests; t++)
			rule->test[t].low |= policy_width_low(rule->nr, rule->test[t].arg);
	}
}

static unsigned count_wrong(const struct policy *policy, const struct policy *read)
{
	unsigned wrong = 0;
	uint64_t args[POLICY_ARGS];

	for (int nr = 0; nr < NUMBERS; nr++) {
		for (unsigned try = 0; try < TRIES && policy_call_name(nr); try++) {
			struct policy_action a, b;

			pick_args(args, policy, nr);
			a = policy_eval(policy, nr, args, NULL);
			b = policy_eval(read, nr, args, NULL);
			if (a.act == b.act && a.error == b.error)
				continue;
			if (wrong++ < 3)
				printf("# nr %d args %#lx %#lx %#lx %#lx %#lx %#lx: %d %d, read %d "
				       "%d\n",
				       nr, args[0], args[1], args[2], args[3], args[4], args[5],
				       (int)a.act, a.error, (int)b.act, b.error);
		}
	}
	return wrong;
}

static void round_trip(void)
{
	unsigned nwritten = 0;

	for (unsigned n = 0; n < RANDOM_POLICIES; n++) {
		struct policy policy, read;
		struct policy_context context = { 0 };
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);
		unsigned wrong = 0;
		int err;

		random_policy(&policy, n);
		make_writable(&policy);
		err = policy_write_oci(&policy, to);
		(void)fclose(to);
		policy_init(&read, "read");
		if (!err) {
			err = policy_parse_oci(&read, "written.json", text, len, &context);
			wrong = err ? 1 : count_wrong(&policy, &read);
			nwritten++;
		}
		if (wrong || (err && err != -E2BIG))
			tap_ok(false, "%s means the same when it was written as OCI JSON",
			       policy.name);
		policy_finish(&read);
		policy_finish(&policy);
		free(text);
	}
	tap_ok(nwritten > RANDOM_POLICIES / 3,
	       "%u random policies were written as OCI JSON and read", nwritten);
}

int main(void)
{
	run_cases();
	round_trip();
	return tap_done();
}
