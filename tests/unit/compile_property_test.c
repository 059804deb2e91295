/* What is compiled equals policy_eval(), which computes the same from the list of rules: for every
 * number, every architecture and arguments around the constants that the rules compare with. */
#include "compile.h"
#include "load.h"
#include "names.h"
#include "source.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "random_policy.h"
#include "tap.h"

enum { NUMBERS = 700, TRIES = 40, RANDOM_POLICIES = 300, X32 = 0x40000000 };

static uint32_t returned(struct policy_action action)
{
	static const uint32_t plain[] = {
		[POLICY_ALLOW] = SECCOMP_RET_ALLOW,       [POLICY_LOG] = SECCOMP_RET_LOG,
		[POLICY_ERRNO] = SECCOMP_RET_ERRNO,       [POLICY_TRAP] = SECCOMP_RET_TRAP,
		[POLICY_KILL] = SECCOMP_RET_KILL_PROCESS,
	};

	return plain[action.act] | (action.act == POLICY_ERRNO ? (uint32_t)action.error : 0);
}

static bool names_arch(const struct policy *policy, uint32_t arch)
{
	for (unsigned i = 0; i < policy->narchs; i++) {
		if (policy->arch[i] == arch)
			return true;
	}
	return false;
}

/* The native number of another architecture's call; -1: unknown. */
static int native_number(uint32_t arch, uint32_t nr)
{
	uint32_t plain = arch == SCMP_ARCH_X32 ? nr - X32 : nr;
	char *name;
	int number;

	if (plain >= POLICY_NEWER)
		return (int)plain;
	name = seccomp_syscall_resolve_num_arch(arch, (int)nr);
	number = name ? policy_call_number(name) : -1;
	free(name);
	return number;
}

struct subject {
	const struct policy *policy;
	const struct policy_program *program;
	uint32_t arch; /* SCMP_ARCH_* */
	unsigned wrong;
	unsigned asked;
};

static void say_wrong(struct subject *of, const struct seccomp_data *data, uint32_t got,
		      uint32_t expected)
{
	if (of->wrong++ < 5)
		printf("# %s: arch %#x nr %#x args %#llx %#llx %#llx %#llx %#llx %#llx: %#x, "
		       "policy_eval %#x\n",
		       of->policy->name, of->arch, data->nr, data->args[0], data->args[1],
		       data->args[2], data->args[3], data->args[4], data->args[5], got, expected);
}

static void ask(struct subject *of, uint32_t nr, int number, const struct policy_action *fixed)
{
	const uint32_t token = of->arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : of->arch;
	struct seccomp_data data = { .nr = (int)nr, .arch = token };
	bool narrow = of->arch == SCMP_ARCH_X86;
	uint64_t args[POLICY_ARGS];
	uint32_t got, expected;

	for (unsigned try = 0; try < (fixed ? 1 : TRIES); try++) {
		pick_args(args, of->policy, number);
		for (unsigned i = 0; i < POLICY_ARGS; i++)
			data.args[i] = args[i] = narrow ? (uint32_t)args[i] : args[i];
		expected = returned(fixed ? *fixed : policy_eval(of->policy, number, args, NULL));
		got = bpf_run(of->program->insn, of->program->len, &data, NULL);
		of->asked++;
		if (got != expected)
			say_wrong(of, &data, got, expected);
	}
}

/* socketcall and ipc have no rules of their own there; another test's. */
static bool is_hidden(uint32_t arch, uint32_t nr)
{
	return arch == SCMP_ARCH_X86 && (nr == 102 || nr == 117);
}

static void ask_arch(struct subject *of, uint32_t arch, bool native)
{
	static const struct policy_action kill = { POLICY_KILL, 0 };
	uint32_t base = arch == SCMP_ARCH_X32 ? X32 : 0;
	bool in = native || names_arch(of->policy, arch);

	of->arch = arch;
	for (uint32_t nr = base; nr < base + NUMBERS; nr++) {
		if (is_hidden(arch, nr))
			continue;
		ask(of, nr, native ? (int)nr : native_number(arch, nr), in ? NULL : &kill);
	}
	ask(of, base + 0x3fffffff, -1, in ? NULL : &kill);
}

static bool has_order_of_negatives(const struct policy_test *test)
{
	return test->value >> 32 == UINT32_MAX;
}

/* A negative constant means the low word to a program of 32-bit words. */
static void make_narrow(struct policy *policy, bool *saved, bool on)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->nrules; i++) {
		for (unsigned t = 0; t < policy->rule[i].ntests; t++, n++) {
			struct policy_test *test = &policy->rule[i].test[t];

			if (on)
				saved[n] = test->low;
			test->low = on ? test->low || has_order_of_negatives(test) : saved[n];
		}
	}
}

static void compare(struct policy *policy, const char *about)
{
	static bool saved[1 << 17];
	struct policy_program program;
	struct subject of = { policy, &program, 0, 0, 0 };
	const struct policy_action kill = { POLICY_KILL, 0 };

	if (policy_compile(policy, &program) < 0) {
		tap_ok(false, "%s compiles", about);
		return;
	}
	ask_arch(&of, seccomp_arch_native(), true);
	if (seccomp_arch_native() == SCMP_ARCH_X86_64) {
		ask(&of, UINT32_MAX, -1, &policy->unknown);
		ask_arch(&of, SCMP_ARCH_X32, false);
		make_narrow(policy, saved, true);
		ask_arch(&of, SCMP_ARCH_X86, false);
		make_narrow(policy, saved, false);
	}
	of.arch = SCMP_ARCH_S390X;
	ask(&of, 0, 0, &kill);
	tap_ok(!of.wrong, "%s: %zu instructions answer as the policy does, %u times", about,
	       program.len, of.asked);
	policy_program_finish(&program);
}

/* Calls that a policy allows whatever their arguments. */
static void check_hot(const struct policy *policy, const char *about)
{
	struct policy_program program;
	unsigned nallowed = 0, nslow = 0;

	if (policy_compile(policy, &program) < 0)
		return;
	for (int nr = 0; nr < POLICY_NUMBERS; nr++) {
		bool constant = true;
		struct policy_action action = policy->otherwise;

		for (size_t i = policy->nrules; i-- > 0;) {
			if (policy->rule[i].nr != nr)
				continue;
			action = policy->rule[i].action;
			constant &= action.act == POLICY_ALLOW;
			if (!policy->rule[i].ntests)
				break;
			action = policy->otherwise;
		}
		if (!constant || action.act != POLICY_ALLOW || !policy_knows(policy, nr))
			continue;
		nallowed++;
		if (!bpf_is_const_allow(program.insn, program.len, seccomp_arch_native(),
					(uint32_t)nr)) {
			nslow++;
			printf("# %s: the kernel runs the filter for %s\n", about,
			       policy_call_name(nr));
		}
	}
	tap_ok(!nslow, "%s: %u calls that are allowed whatever their arguments cost nothing", about,
	       nallowed);
	policy_program_finish(&program);
}

/* i386's socketcall(2) has its arguments in memory: what depends on them gets the strictest answer,
 * every other call by it the answer that it has by its own number. */
static void check_hidden(void)
{
	enum { SOCKETCALL = 102, SOCKET = 1, BIND = 2 };
	struct policy policy;
	struct policy_program program;
	struct seccomp_data data = { .nr = SOCKETCALL, .arch = SCMP_ARCH_X86 };
	struct policy_test test = { 0, POLICY_EQ, true, 0, 1 };
	struct policy_rule rule = { .action = { POLICY_ALLOW, 0 }, .test = &test };
	uint32_t socket, bind;

	policy_init(&policy, "socketcall");
	policy.arch[policy.narchs++] = SCMP_ARCH_X86;
	rule.nr = policy_call_number("socketcall");
	policy_add_rule(&policy, &rule);
	rule.nr = policy_call_number("bind");
	policy_add_rule(&policy, &rule);
	rule.nr = policy_call_number("socket");
	rule.ntests = 1;
	policy_add_rule(&policy, &rule);
	if (policy_compile(&policy, &program) == 0) {
		data.args[0] = SOCKET;
		socket = bpf_run(program.insn, program.len, &data, NULL);
		data.args[0] = BIND;
		bind = bpf_run(program.insn, program.len, &data, NULL);
		tap_ok(socket == (SECCOMP_RET_ERRNO | EPERM), "socketcall hides socket's family");
		tap_ok(bind == SECCOMP_RET_ALLOW, "socketcall is bind where it stands for bind");
	}
	policy_program_finish(&program);
	policy_finish(&policy);
}

static void check_file(const char *name, uint64_t caps)
{
	const struct policy_context context = { .caps = caps };
	struct policy policy;
	char about[128];

	(void)snprintf(about, sizeof(about), "%s %s", name, caps ? "with all capabilities" : "");
	if (policy_load(&policy, name, &context) == 0) {
		compare(&policy, about);
		check_hot(&policy, about);
	} else {
		tap_ok(false, "%s is read", about);
	}
	policy_finish(&policy);
}

int main(void)
{
	/* podman's own, from golang-github-containers-common. */
	static const char profile[] = "/usr/share/containers/seccomp.json";
	struct policy policy;
	const char *name;

	for (unsigned n = 0; n < RANDOM_POLICIES; n++) {
		random_policy(&policy, n);
		compare(&policy, policy.name);
		check_hot(&policy, policy.name);
		policy_finish(&policy);
	}
	if (seccomp_arch_native() == SCMP_ARCH_X86_64)
		check_hidden();
	check_file(profile, 0);
	check_file(profile, UINT64_MAX);
	for (unsigned n = 0; (name = policy_shipped(n, NULL)); n++) {
		check_file(name, 0);
		check_file(name, UINT64_MAX);
	}
	return tap_done();
}
