/* Who denies a call, in which words, and which line would allow it. */
#include "compile.h"
#include "explain.h"
#include "names.h"
#include "parse.h"
#include "bpf_run.h"
#include "supervise_seen.h"
#include "tap.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct policy_context context = { .kernel_major = 6 };

static void add_text(struct stack *stack, const char *name, const char *text)
{
	struct stack_layer *layer = &stack->layer[stack->nlayers++];

	layer->name = name;
	policy_init(&layer->policy, name);
	if (policy_parse_text(&layer->policy, name, text, &context) < 0)
		tap_ok(false, "the test's policy is one");
}

static struct seccomp_data data_of(const char *name, uint64_t a, uint64_t b, uint64_t c)
{
	return (struct seccomp_data){ .nr = policy_call_number(name),
				      .arch = seccomp_arch_native(),
				      .args = { a, b, c } };
}

struct suggestion {
	const char *policy, *call;
	uint64_t arg[3];
	const char *line;
};

static const struct suggestion suggestions[] = {
	{ "default EPERM\n",
	  "socket",
	  { AF_INET, SOCK_STREAM | SOCK_CLOEXEC },
	  "allow socket if arg0 == AF_INET and arg1 & 0xf == SOCK_STREAM" },
	{ "default EPERM\nallow socket if arg0 == AF_UNIX\n",
	  "socket",
	  { AF_INET, SOCK_STREAM },
	  "allow socket if arg0 == AF_INET" },
	{ "default EPERM\n",
	  "ioctl",
	  { 0, (uint64_t)1 << 32 | TIOCSTI },
	  "allow ioctl if arg1 == TIOCSTI" },
	{ "default EPERM\n",
	  "clone",
	  { CLONE_NEWUSER | SIGCHLD },
	  "allow clone if arg0 & CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|"
	  "CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET == CLONE_NEWUSER" },
	{ "allow @known\ndeny clone if arg0 & CLONE_NEWNS|CLONE_NEWUSER != 0\n",
	  "clone",
	  { CLONE_NEWUSER | SIGCHLD },
	  "allow clone if arg0 & CLONE_NEWNS|CLONE_NEWUSER == CLONE_NEWUSER" },
	{ "allow @known\ndeny prctl if arg0 == PR_SET_NAME and arg1 == 3\n",
	  "prctl",
	  { PR_SET_NAME, 3 },
	  "allow prctl if arg0 == PR_SET_NAME and arg1 == 3" },
	{ "default EPERM\nallow mmap if arg2 & PROT_EXEC == 0\n",
	  "mmap",
	  { 0, 4096, PROT_READ | PROT_EXEC },
	  "allow mmap if arg2 & PROT_EXEC == PROT_EXEC" },
	{ "default EPERM\n", "unshare", { 0x7fffffff }, "allow unshare if arg0 == 0x7fffffff" },
	{ "allow @known\ndeny ENOSYS openat\n", "openat", { 1 }, "allow openat" },
	{ "allow @known\nkill reboot\n", "reboot", { 1 }, "allow reboot" },
};

/* The same, but in place of the line what it opens; NULL: nothing. */
static const struct suggestion risks[] = {
	{ "", "ioctl", { 0, TIOCSTI }, "types into the terminal" },
	{ "", "ioctl", { 0, (uint64_t)1 << 32 | TIOCSTI }, "types into the terminal" },
	{ "", "ioctl", { 0, TIOCGWINSZ }, NULL },
	{ "", "clone", { CLONE_NEWUSER | SIGCHLD }, "all capabilities in a namespace of its own" },
	{ "", "clone", { CLONE_NEWNET | SIGCHLD }, NULL },
	{ "",
	  "unshare",
	  { CLONE_NEWUSER | CLONE_NEWNS },
	  "all capabilities in a namespace of its own" },
	{ "", "unshare", { CLONE_FS }, NULL },
	{ "", "setns", { 7, CLONE_NEWNET }, "enters other namespaces" },
	{ "", "ptrace", { PTRACE_SEIZE, 7 }, "stops and changes other processes of the same user" },
	{ "", "ptrace", { PTRACE_TRACEME }, NULL },
	{ "",
	  "socket",
	  { AF_VSOCK, SOCK_STREAM },
	  "a virtual machine's host, past network namespaces" },
	{ "", "socket", { AF_UNIX, SOCK_STREAM }, NULL },
	{ "", "keyctl", { 3 }, "keys are not in a namespace" },
	{ "", "mount", { 0 }, "mounts, where it is privileged or in a user namespace" },
	{ "", "mkdir", { 0 }, NULL },
	{ "allow @known\ndeny ENOSYS io_uring_setup\n",
	  "io_uring_setup",
	  { 1 },
	  "has the kernel make calls that no filter sees" },
	{ "allow @known\ndeny clone if arg0 & CLONE_NEWNS|CLONE_NEWUSER != 0\n",
	  "clone",
	  { CLONE_NEWNS | SIGCHLD },
	  NULL },
};

/* What is suggested, as the last line, allows the call. */
static void test_suggestion(const struct suggestion *test)
{
	struct seccomp_data data = data_of(test->call, test->arg[0], test->arg[1], test->arg[2]);
	struct stack stack = { 0 }, more = { 0 };
	struct stack_call call;
	struct verdict verdict;
	struct denial denial = { .call = &call, .verdict = &verdict, .text = "", .comm = "" };
	char line[EXPLAIN_ALLOW], text[2048];

	add_text(&stack, "p", test->policy);
	stack_resolve(&call, &data, getpid());
	verdict = stack_judge(&stack, &call);
	explain_allow(line, &denial);
	tap_ok(!strcmp(line, test->line), "%s", test->line);
	if (strcmp(line, test->line) != 0)
		printf("# but: %s\n", line);
	(void)snprintf(text, sizeof(text), "%s%s\n", test->policy, line);
	add_text(&more, "p", text);
	tap_ok(stack_judge(&more, &call).reason == VERDICT_NOBODY, "... which allows it");
	stack_finish(&stack);
	stack_finish(&more);
}

static void test_risk(const struct suggestion *test)
{
	struct seccomp_data data = data_of(test->call, test->arg[0], test->arg[1], test->arg[2]);
	struct stack stack = { 0 };
	struct stack_call call;
	struct verdict verdict;
	struct denial denial = { .call = &call, .verdict = &verdict, .text = "", .comm = "" };
	const char *risk;

	add_text(&stack, "p", test->policy);
	stack_resolve(&call, &data, getpid());
	verdict = stack_judge(&stack, &call);
	risk = explain_risk(&denial);
	tap_ok(risk ? test->line && !strcmp(risk, test->line) : !test->line, "%s(%#llx, %#llx): %s",
	       test->call, (unsigned long long)test->arg[0], (unsigned long long)test->arg[1],
	       risk ? risk : "nothing more");
	stack_finish(&stack);
}

static void test_strictest(void)
{
	struct seccomp_data data = data_of("mkdir", 0, 0, 0);
	struct stack stack = { 0 };
	struct stack_call call;
	struct verdict verdict;

	stack_resolve(&call, &data, getpid());
	add_text(&stack, "log", "allow @known\nlog mkdir\n");
	tap_ok(stack_judge(&stack, &call).reason == VERDICT_NOBODY, "log denies nothing");
	add_text(&stack, "first", "allow @known\ndeny EACCES mkdir\n");
	add_text(&stack, "second", "allow @known\ndeny EXDEV mkdir\n");
	add_text(&stack, "third", "allow @known\n");
	verdict = stack_judge(&stack, &call);
	tap_ok(!strcmp(verdict.by->name, "second") && verdict.action.error == EXDEV,
	       "of two errors the last policy's");
	add_text(&stack, "trap", "allow @known\ntrap mkdir\n");
	add_text(&stack, "kill", "allow @known\nkill mkdir\n");
	add_text(&stack, "trap", "allow @known\ntrap mkdir\n");
	verdict = stack_judge(&stack, &call);
	tap_ok(!strcmp(verdict.by->name, "kill"), "death before a signal before an error");
	stack_finish(&stack);
}

static void says(const char *policy, const struct seccomp_data *data, const char *expected)
{
	struct stack stack = { 0 };
	struct stack_call call;
	struct verdict verdict;
	struct denial denial = { .call = &call, .verdict = &verdict, .text = "X", .comm = "a" };
	char line[EXPLAIN_TEXT];

	add_text(&stack, "p", policy);
	stack_resolve(&call, data, 7);
	verdict = stack_judge(&stack, &call);
	explain_line(line, &denial);
	tap_ok(!strcmp(line, expected), "%s", expected);
	if (strcmp(line, expected) != 0)
		printf("# but: %s\n", line);
	stack_finish(&stack);
}

static void test_words(void)
{
	struct seccomp_data mkdir = data_of("mkdir", 0, 0, 0), nobody = mkdir, foreign = mkdir;
	struct seccomp_data reboot = data_of("reboot", 0, 0, 0);
	struct seccomp_data clone3 = data_of("clone3", 0, 0, 0);

	nobody.nr = 598;
	says("allow @known\n  deny \tEACCES mkdir # mine\n", &mkdir,
	     "denied: X = EACCES in a[7], by p:2: deny EACCES mkdir; to allow: allow "
	     "mkdir");
	says("allow read\n", &mkdir,
	     "denied: X = EPERM in a[7], by the default of p; to allow: "
	     "allow mkdir");
	says("default ENOENT\n", &mkdir,
	     "denied: X = ENOENT in a[7], by p:1: default ENOENT; to allow: allow mkdir");
	says("unknown trap\n", &nobody,
	     "denied: X = SIGSYS in a[7], by p:1: unknown trap (nobody has a name for it)");
	says("allow @known\nkill mkdir\n", &mkdir,
	     "denied: X = SIGSYS in a[7], by p:2: kill mkdir; to allow: allow mkdir");
	says("allow @known\n", &mkdir,
	     "denied: X = SIGSYS in a[7], by none of the policies given, so they aren't those that "
	     "hold");
	says("allow @known\nkill reboot\n", &reboot,
	     "denied: X = SIGSYS in a[7], by p:2: kill reboot; to allow: allow reboot # risky: "
	     "ends "
	     "the machine, or the pid namespace");
	says("allow @known\ndeny ENOSYS clone3\n", &clone3,
	     "denied: X = ENOSYS in a[7], by p:2: deny ENOSYS clone3; the C library does with "
	     "clone "
	     "what it can");
	says("default EPERM\n", &clone3,
	     "denied: X = EPERM in a[7], by p:1: default EPERM; to have the C library do without: "
	     "deny ENOSYS clone3");
	foreign.arch = SCMP_ARCH_MIPS;
	says("allow @known\n", &foreign,
	     "denied: X = SIGSYS in a[7], by p, which doesn't name mips; to allow: arch mips");
}

static uint64_t random_argument(void)
{
	static const uint64_t likely[] = { 0, AF_UNIX, AF_INET, TIOCSTI, CLONE_NEWUSER, 4, 7 };
	uint64_t value = likely[rand() % (int)(sizeof(likely) / sizeof(likely[0]))];

	return rand() % 3 ? value : value | (uint64_t)rand() << 32;
}

/* The interpreter against eval, over a compiled policy. */
static void test_interpreter(void)
{
	static const char text[] = "default EACCES\nallow @basic-io\n"
				   "allow socket if arg0 in {AF_UNIX, AF_INET} and arg1 != 7\n"
				   "deny ENOSYS socket if arg2 & 6 == 4\n"
				   "kill ioctl if arg1 == TIOCSTI\nallow ioctl if arg2 > 4\n"
				   "trap clone if arg0 & CLONE_NEWUSER != 0\nlog mkdirat\n";
	static const char *const calls[] = {
		"read", "socket", "ioctl", "clone", "mkdirat", "chroot"
	};
	static const uint32_t ret[] = { [POLICY_ALLOW] = SECCOMP_RET_ALLOW,
					[POLICY_LOG] = SECCOMP_RET_LOG,
					[POLICY_ERRNO] = SECCOMP_RET_ERRNO,
					[POLICY_TRAP] = SECCOMP_RET_TRAP,
					[POLICY_KILL] = SECCOMP_RET_KILL_PROCESS };
	struct policy_program program = { 0 };
	struct policy policy;
	unsigned wrong = 0;

	policy_init(&policy, "p");
	if (policy_parse_text(&policy, "p", text, &context) < 0 ||
	    policy_compile(&policy, &program) < 0)
		tap_ok(false, "the test's policy is one");
	for (unsigned i = 0; i < 60000; i++) {
		struct seccomp_data data = data_of(calls[i % 6], random_argument(),
						   random_argument(), random_argument());
		uint64_t args[POLICY_ARGS] = { data.args[0], data.args[1], data.args[2] };
		struct policy_action action = policy_eval(&policy, data.nr, args, NULL);

		wrong += bpf_run(program.insn, program.len, &data) !=
			 (ret[action.act] | (unsigned)action.error);
	}
	tap_ok(wrong == 0, "the interpreter says what the policy says (%u differ)", wrong);
	policy_program_finish(&program);
	policy_finish(&policy);
}

/* What the kernel refuses to load neither runs nor harms. */
static void test_bad_programs(void)
{
	static const struct sock_filter bad[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, UINT32_MAX),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
		BPF_STMT(BPF_LD | BPF_MEM, BPF_MEMWORDS),
		BPF_STMT(BPF_ST, UINT32_MAX),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0),
		BPF_JUMP(BPF_JMP | BPF_JA, UINT32_MAX, 0, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 200, 200),
	};
	struct seccomp_data data = { .nr = 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sock_filter program[] = { bad[i],
						 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };

		tap_ok(bpf_run(program, 2, &data) == BPF_WRONG,
		       "bad instruction %zu ends the program", i);
	}
}

static void test_seen(void)
{
	struct seen seen = { 0 };
	unsigned told = 0;
	char key[32];

	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(key, sizeof(key), "mkdir %u", i / 2);
		told += seen_is_new(&seen, seen_count(&seen, "mkdir"), key);
	}
	tap_ok(told == SEEN_PER_CALL && seen_count(&seen, "mkdir")->count == 101,
	       "a call is told of so often, and counted each time");
	tap_ok(seen_is_new(&seen, seen_count(&seen, "rmdir"), "rmdir 1"), "another call is new");
	seen_finish(&seen);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(suggestions) / sizeof(suggestions[0]); i++)
		test_suggestion(&suggestions[i]);
	for (size_t i = 0; i < sizeof(risks) / sizeof(risks[0]); i++)
		test_risk(&risks[i]);
	test_strictest();
	test_words();
	test_interpreter();
	test_bad_programs();
	test_seen();
	return tap_done();
}
