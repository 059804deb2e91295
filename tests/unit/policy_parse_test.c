/* The text format: what lines mean, and what is said about those that mean nothing. */
#include "tap.h"

#include "names.h"
#include "parse.h"
#include "policy.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static int parse(struct policy *policy, const char *text, const struct policy_context *context)
{
	policy_init(policy, "test");
	return policy_parse_text(policy, "test.policy", text, context);
}

static const char *say(const struct policy_action *action)
{
	static char text[32];

	if (action->act == POLICY_ERRNO)
		(void)snprintf(text, sizeof(text), "%d", action->error);
	else
		(void)snprintf(text, sizeof(text), "%s",
			       (const char *[]){ "allow", "log", "", "trap", "kill" }[action->act]);
	return text;
}

#define TEN "0,1,2,3,4,5,6,7,8,9"

/* What a policy says about a call. */
static const struct verdict {
	const char *what, *text, *call;
	uint64_t args[POLICY_ARGS];
	const char *action; /* a number is an errno */
} verdicts[] = {
	{ "an empty policy denies", "", "read", { 0 }, "1" },
	{ "a comment is nothing", "# allow read\n", "read", { 0 }, "1" },
	{ "default takes an errno", "default ENOENT", "read", { 0 }, "2" },
	{ "default takes an action", "default kill", "read", { 0 }, "kill" },
	{ "allow", "allow read", "read", { 0 }, "allow" },
	{ "log", "log read", "read", { 0 }, "log" },
	{ "trap", "trap read", "read", { 0 }, "trap" },
	{ "deny has EPERM", "default allow\ndeny read", "read", { 0 }, "1" },
	{ "deny takes an errno", "default allow\ndeny EACCES read", "read", { 0 }, "13" },
	{ "deny takes a number", "default allow\ndeny 200 read", "read", { 0 }, "200" },
	{ "deny 0 returns 0", "default allow\ndeny 0 read", "read", { 0 }, "0" },
	{ "so does default 0", "default 0", "read", { 0 }, "0" },
	{ "default takes a number", "default 200", "read", { 0 }, "200" },
	{ "unknown takes a number", "unknown 200", "mseal", { 0 }, "200" },
	{ "an errno's other name", "deny ENOTSUP read", "read", { 0 }, "95" },
	{ "several calls", "allow read write", "write", { 0 }, "allow" },
	{ "a group", "allow @basic-io", "lseek", { 0 }, "allow" },
	{ "a group within a group", "allow @system-service", "lseek", { 0 }, "allow" },
	{ "the last rule wins", "allow read\ndeny read", "read", { 0 }, "1" },
	{ "also over a group", "deny read\nallow @basic-io", "read", { 0 }, "allow" },
	{ "a line goes on after a backslash", "allow read \\\n\twrite", "write", { 0 }, "allow" },
	{ "blanks and CR are nothing", "  allow\tread \r\n", "read", { 0 }, "allow" },
	{ "a comment after a rule", "allow read # write\n", "write", { 0 }, "1" },
	{ "a new call nobody names", "default allow", "mseal", { 0 }, "38" },
	{ "a new call that is named", "allow mseal", "mseal", { 0 }, "allow" },
	{ "a new call whose test fails", "allow mseal if arg0 == 1", "mseal", { 2 }, "1" },
	{ "unknown", "unknown kill", "mseal", { 0 }, "kill" },

	{ "== holds", "allow socket if arg0 == AF_INET", "socket", { AF_INET }, "allow" },
	{ "== doesn't", "allow socket if arg0 == AF_INET", "socket", { AF_UNIX }, "1" },
	{ "!= holds", "allow socket if arg0 != AF_INET", "socket", { AF_UNIX }, "allow" },
	{ "!= doesn't", "allow socket if arg0 != AF_INET", "socket", { AF_INET }, "1" },
	{ "< holds", "allow read if arg2 < 10", "read", { 0, 0, 9 }, "allow" },
	{ "< doesn't", "allow read if arg2 < 10", "read", { 0, 0, 10 }, "1" },
	{ "<= holds", "allow read if arg2 <= 10", "read", { 0, 0, 10 }, "allow" },
	{ "<= doesn't", "allow read if arg2 <= 10", "read", { 0, 0, 11 }, "1" },
	{ "> holds", "allow read if arg2 > 0xa", "read", { 0, 0, 11 }, "allow" },
	{ "> doesn't", "allow read if arg2 > 0xa", "read", { 0, 0, 10 }, "1" },
	{ ">= holds", "allow read if arg2 >= 012", "read", { 0, 0, 10 }, "allow" },
	{ ">= doesn't", "allow read if arg2 >= 012", "read", { 0, 0, 9 }, "1" },
	{ "no blanks around signs", "allow socket if arg0==AF_INET", "socket", { 2 }, "allow" },
	{ "masked == holds", "allow mmap if arg2 & PROT_EXEC == 0", "mmap", { 0, 0, 3 }, "allow" },
	{ "masked == doesn't", "allow mmap if arg2 & PROT_EXEC == 0", "mmap", { 0, 0, 7 }, "1" },
	{ "masked != holds", "allow mmap if arg2 & 4 != 0", "mmap", { 0, 0, 7 }, "allow" },
	{ "a mask of several names",
	  "allow clone if arg0 & CLONE_NEWUSER|CLONE_NEWNS == 0",
	  "clone",
	  { CLONE_NEWNS },
	  "1" },
	{ "in holds",
	  "allow socket if arg0 in {AF_UNIX, AF_INET}",
	  "socket",
	  { AF_INET },
	  "allow" },
	{ "in doesn't", "allow socket if arg0 in {AF_UNIX, AF_INET}", "socket", { AF_INET6 }, "1" },
	{ "not in holds", "allow socket if arg0 not in {1,2}", "socket", { 3 }, "allow" },
	{ "not in doesn't", "allow socket if arg0 not in {1,2}", "socket", { 2 }, "1" },
	{ "not in of as many as a list is long",
	  "allow read if arg0 not in {" TEN "," TEN "," TEN ",20,21}",
	  "read",
	  { 21 },
	  "1" },
	{ "and beside all of them",
	  "allow read if arg0 not in {" TEN "," TEN "," TEN ",20,21}",
	  "read",
	  { 22 },
	  "allow" },
	{ "not in and not in",
	  "deny ENOENT socket if arg0 not in {1,2,10,16} and arg1 not in {1,2,3}",
	  "socket",
	  { 3, 5 },
	  "2" },
	{ "masked in", "allow socket if arg1 & 0xf in {1,2}", "socket", { 0, 0x801 }, "allow" },
	{ "masked not in", "allow socket if arg1 & 0xf not in {1,2}", "socket", { 0, 0x801 }, "1" },
	{ "and needs both", "allow socket if arg0 == 1 and arg1 == 2", "socket", { 1, 1 }, "1" },
	{ "and has both", "allow socket if arg0 == 1 and arg1 == 2", "socket", { 1, 2 }, "allow" },
	{ "or, the first", "allow socket if arg0 == 1 or arg0 == 2", "socket", { 1 }, "allow" },
	{ "or, the second", "allow socket if arg0 == 1 or arg0 == 2", "socket", { 2 }, "allow" },
	{ "and binds tighter, left",
	  "allow socket if arg0 == 1 and arg1 == 1 or arg0 == 2",
	  "socket",
	  { 2, 9 },
	  "allow" },
	{ "and binds tighter, right",
	  "allow socket if arg0 == 2 or arg0 == 1 and arg1 == 1",
	  "socket",
	  { 1, 9 },
	  "1" },
	{ "in and in",
	  "allow socket if arg0 in {1,2} and arg1 in {3,4}",
	  "socket",
	  { 2, 3 },
	  "allow" },
	{ "in and in, one fails",
	  "allow socket if arg0 in {1,2} and arg1 in {3,4}",
	  "socket",
	  { 2, 2 },
	  "1" },

	{ "the high half of a command is nothing",
	  "default allow\ndeny ioctl if arg1 == TIOCSTI",
	  "ioctl",
	  { 0, TIOCSTI | 1ULL << 32 },
	  "1" },
	{ "nor does it escape !=",
	  "allow ioctl if arg1 != TIOCSTI",
	  "ioctl",
	  { 0, TIOCSTI | 1ULL << 40 },
	  "1" },
	{ "nor a mask",
	  "allow clone if arg0 & CLONE_NEWUSER == 0",
	  "clone",
	  { CLONE_NEWUSER | 1ULL << 63 },
	  "1" },
	{ "but a size has 64 bits",
	  "allow read if arg2 == 1",
	  "read",
	  { 0, 0, 1 | 1ULL << 32 },
	  "1" },
	{ "a negative int",
	  "allow openat if arg0 == AT_FDCWD",
	  "openat",
	  { (uint32_t)-100 },
	  "allow" },
	{ "a negative int, extended",
	  "allow openat if arg0 == -100",
	  "openat",
	  { (uint64_t)-100 },
	  "allow" },
	{ "a negative long",
	  "allow mmap if arg5 == -1",
	  "mmap",
	  { 0, 0, 0, 0, 0, UINT64_MAX },
	  "allow" },

	{ "a capability that isn't kept", "allow mount if CAP_SYS_ADMIN", "mount", { 0 }, "1" },
	{ "one that is", "allow mount if CAP_CHOWN", "mount", { 0 }, "allow" },
	{ "not one that is", "allow mount if not CAP_CHOWN", "mount", { 0 }, "1" },
	{ "a capability or a test",
	  "allow mount if CAP_SYS_ADMIN or arg0 == 1",
	  "mount",
	  { 1 },
	  "allow" },
	{ "a capability and a test",
	  "allow mount if CAP_CHOWN and arg0 == 1",
	  "mount",
	  { 2 },
	  "1" },
	{ "an old enough kernel", "allow ptrace if kernel >= 4.8", "ptrace", { 0 }, "allow" },
	{ "numbers, not letters", "allow ptrace if kernel >= 5.9", "ptrace", { 0 }, "allow" },
	{ "too old a kernel", "allow ptrace if kernel >= 5.11", "ptrace", { 0 }, "1" },
	{ "an older kernel", "allow ptrace if kernel < 5.11", "ptrace", { 0 }, "allow" },
	{ "the same isn't older", "allow ptrace if kernel < 5.10", "ptrace", { 0 }, "1" },
	{ "the same is new enough", "allow ptrace if kernel >= 5.10", "ptrace", { 0 }, "allow" },

	{ "a shipped policy within", "include strict\ndeny read", "write", { 0 }, "allow" },
	{ "and what comes behind it wins", "include strict\ndeny read", "read", { 0 }, "1" },
};

static void test_verdicts(void)
{
	const struct policy_context context = { .caps = 1 /* CAP_CHOWN */,
						.kernel_major = 5,
						.kernel_minor = 10 };

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict *v = &verdicts[i];
		struct policy_action action = { .error = -1 };
		struct policy policy;
		int err = parse(&policy, v->text, &context);

		if (!err)
			action = policy_eval(&policy, policy_call_number(v->call), v->args, NULL);
		tap_ok(!err && !strcmp(say(&action), v->action), "%s", v->what);
		policy_finish(&policy);
	}
}

/* What is said about a text, each line of which is wrong. */
static const struct wrong {
	const char *text, *said;
} wrongs[] = {
	{ "alow read",
	  "1:1: alow: expected default, unknown, arch, include, allow, deny, log, trap "
	  "or kill, did you mean allow?" },
	{ "allow opne", "1:7: opne: expected a system call or @group, did you mean open?" },
	{ "\n\n  allow read opne",
	  "3:14: opne: expected a system call or @group, did you mean open?" },
	{ "allow read \\\n opne",
	  "2:2: opne: expected a system call or @group, did you mean open?" },
	{ "allow @basic-oi",
	  "1:7: @basic-oi: expected a group (cradle policy groups lists them), did "
	  "you mean @basic-io?" },
	{ "allow xyzzy", "1:7: xyzzy: expected a system call or @group" },
	{ "allow", "1:6: end of line: expected a system call or @group" },
	{ "allow if arg0 == 1", "1:7: if: expected a system call or @group" },
	{ "deny ENOSY read", "1:6: ENOSY: expected an errno such as EPERM, did you mean ENOSYS?" },
	{ "deny 5000 read", "1:6: 5000: expected an errno such as EPERM" },
	{ "deny ECHO read", "1:6: ECHO: expected an errno such as EPERM, did you mean EIO?" },
	{ "deny EFOO read", "1:6: EFOO: expected an errno such as EPERM, did you mean EIO?" },
	{ "deny eperm read",
	  "1:6: eperm: expected an errno such as EPERM, or a system call, did you mean EPERM?" },
	{ "deny enosy read",
	  "1:6: enosy: expected an errno such as EPERM, or a system call, did you mean ENOSYS?" },
	{ "deny raed", "1:6: raed: expected a system call or @group, did you mean read?" },
	{ "deny EPERM eperm",
	  "1:12: eperm: expected a system call or @group, did you mean ioperm?" },
	{ "default eperm",
	  "1:9: eperm: expected allow, log, trap, kill or an errno such as EPERM, did you mean "
	  "EPERM?" },
	{ "default alow",
	  "1:9: alow: expected allow, log, trap, kill or an errno such as EPERM, did you mean "
	  "allow?" },
	{ "deny -1 read", "1:6: -1: expected a system call or @group" },
	{ "default 5000", "1:9: 5000: expected an errno such as EPERM" },
	{ "default",
	  "1:8: end of line: expected allow, log, trap, kill or an errno such as EPERM" },
	{ "default deny", "1:9: deny: expected allow, log, trap, kill or an errno such as EPERM" },
	{ "default EPERM read", "1:15: read: expected the end of the line" },
	{ "unknown ENOSIS", "1:9: ENOSIS: expected an errno such as EPERM, did you mean ENOSYS?" },
	{ "arch i368",
	  "1:6: i368: expected native or an architecture such as i386, did you mean i386?" },
	{ "include nope", "1:9: nope: expected a shipped policy or a file" },
	{ "include", "1:8: end of line: expected a policy's name or path" },
	{ "allow read if",
	  "1:14: end of line: expected arg0 to arg5, CAP_..., not CAP_... or kernel" },
	{ "allow read if arg6 == 1",
	  "1:15: arg6: expected arg0 to arg5, CAP_..., not CAP_... or kernel" },
	{ "allow read if arg0",
	  "1:19: end of line: expected ==, !=, <, <=, >, >=, &, in or not in" },
	{ "allow read if arg0 = 1", "1:20: =: expected ==, !=, <, <=, >, >=, &, in or not in" },
	{ "allow read if arg0 ==", "1:22: end of line: expected a number or a constant's name" },
	{ "allow ioctl if arg1 == TIOCTSI",
	  "1:24: TIOCTSI: expected a number or a constant's name, did you mean TIOCSTI?" },
	{ "allow read if arg0 == 12x", "1:23: 12x: expected a number or a constant's name" },
	{ "allow read if arg0 == 99999999999999999999",
	  "1:23: 99999999999999999999: expected a number or a constant's name" },
	{ "allow read if arg0 & 3 < 1", "1:26: 1: expected == or != behind a mask, not <" },
	{ "allow read if arg0 & 3 == 4",
	  "1:27: 4: expected a value within the mask, this one never matches" },
	{ "allow read if arg0 & 0 == 0", "1:22: 0: expected a mask other than 0" },
	{ "allow ioctl if arg1 == 0x100000000", "1:24: 0x100000000: expected a number of 32 bits: "
						"the kernel reads no more of arg1 of ioctl" },
	{ "allow read if arg0 in 1", "1:23: 1: expected { after in" },
	{ "allow read if arg0 in {1 2}", "1:26: 2: expected , or }" },
	{ "allow read if arg0 in {}", "1:24: }: expected a number or a constant's name" },
	{ "allow read if arg0 not 1", "1:24: 1: expected in after not" },
	{ "allow read if CAP_SYS_ADMN",
	  "1:15: CAP_SYS_ADMN: expected a capability, did you mean CAP_SYS_ADMIN?" },
	{ "allow read if not kernel", "1:19: kernel: expected a capability after not" },
	{ "allow read if kernel > 4.8", "1:22: >: expected >= or < after kernel" },
	{ "allow read if kernel >= 4", "1:25: 4: expected a version such as 5.10" },
	{ "allow read if arg0 == 1 arg1 == 2", "1:25: arg1: expected and, or or the end" },
	{ "allow read if arg0 not in {" TEN "," TEN "," TEN ",1,2,3}",
	  "1:92: 3: expected at most 32 tests joined by and, of which each value of not in is "
	  "one" },
	{ "allow read if arg0 in {" TEN "} and arg1 in {" TEN "} and arg2 in {" TEN
	  "} and arg3 in {1,2}",
	  "1:126: 1: expected at most 1024 values of in, or combinations of them" },
};

static void test_wrongs(void)
{
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		char *said = NULL, expected[256];
		size_t size;
		FILE *errors = open_memstream(&said, &size);
		const struct policy_context context = { .errors = errors };
		struct policy policy;
		int err = parse(&policy, wrongs[i].text, &context);

		(void)fclose(errors);
		(void)snprintf(expected, sizeof(expected), "test.policy:%s\n", wrongs[i].said);
		tap_ok(err == -EINVAL && !strcmp(said, expected), "%s", wrongs[i].said);
		if (strcmp(said, expected))
			printf("# said: %s", said);
		free(said);
		policy_finish(&policy);
	}
}

/* All mistakes of a file are told at once, but not more than anybody reads. */
static unsigned count_errors(const char *line, unsigned times)
{
	char *text = NULL, *said = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	struct policy_context context = { 0 };
	struct policy policy;
	unsigned lines = 0;

	for (unsigned i = 0; i < times; i++)
		(void)fputs(line, to);
	(void)fclose(to);
	context.errors = open_memstream(&said, &size);
	(void)parse(&policy, text, &context);
	(void)fclose(context.errors);
	for (const char *at = said; (at = strchr(at, '\n')); at++)
		lines++;
	free(text);
	free(said);
	policy_finish(&policy);
	return lines;
}

static void test_where(void)
{
	const struct policy_context context = { 0 };
	const struct policy_rule *rule;
	struct policy policy;

	(void)parse(&policy, "include strict\n\n allow  socket \\\n\tbind # why\n", &context);
	rule = &policy.rule[policy.nrules - 1];
	tap_ok(!strcmp(rule->where.file, "test.policy") && rule->where.line == 4 &&
		       rule->where.column == 2,
	       "a rule knows its place");
	tap_ok(!strcmp(rule->where.text, "allow socket bind"), "and its line");
	tap_ok(!strcmp(policy.rule[0].where.file, "strict"), "also where it was included from");
	tap_ok(policy.ninputs == 1 && policy.input[0].shipped, "what was read is noted");
	policy_finish(&policy);
}

int main(void)
{
	test_verdicts();
	test_wrongs();
	tap_ok(count_errors("allow opne\n", 3) == 3, "every line's error is told");
	tap_ok(count_errors("allow opne\n", 100) == 20, "twenty are enough");
	test_where();
	return tap_done();
}
