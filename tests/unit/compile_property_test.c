/* What is compiled equals policy_eval(), which computes the same from the list of rules: for every
 * number, every architecture and arguments around the constants that the rules compare with. */
#include "compile.h"
#include "load.h"
#include "memory.h"
#include "names.h"

#include <errno.h>
#include <glob.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "bpf.h"
#include "tap.h"

enum { NUMBERS = 700, TRIES = 40, RANDOM_POLICIES = 300, X32 = 0x40000000 };

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64: the same policies each time */
static uint64_t chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static unsigned below(unsigned n)
{
	return (unsigned)(chance() >> 16) % n;
}

static uint64_t near(uint64_t value)
{
	switch (below(9)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value | UINT64_C(1) << (32 + below(32));
	case 3:
		return value ^ UINT64_C(1) << below(64);
	case 4:
		return (uint32_t)value;
	case 5:
		return chance();
	case 6:
		return value | (chance() & chance());
	default:
		return value;
	}
}

/* Arguments that rules about this call may tell apart. */
static void pick_args(uint64_t args[POLICY_ARGS], const struct policy *policy, int nr)
{
	for (unsigned i = 0; i < POLICY_ARGS; i++)
		args[i] = below(4) ? chance() & 7 : chance();
	for (size_t i = 0; i < policy->nrules; i++) {
		const struct policy_rule *rule = &policy->rule[i];

		for (unsigned t = 0; rule->nr == nr && t < rule->ntests; t++) {
			const struct policy_test *test = &rule->test[t];

			if (below(3))
				args[test->arg] = near(test->value | (~test->mask & chance() &
								      -(uint64_t)below(2)));
		}
	}
}

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
	of.arch = SCMP_ARCH_RISCV64;
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

static struct policy_action random_action(void)
{
	static const int errors[] = { EPERM, ENOSYS, EACCES, 133 };
	enum policy_act act = (enum policy_act)below(POLICY_KILL + 1);

	if (below(3) == 0)
		act = POLICY_ALLOW;
	return (struct policy_action){ act, act == POLICY_ERRNO ? errors[below(4)] : 0 };
}

static uint64_t random_constant(void)
{
	static const uint64_t some[] = { 0,          1,          0x5412,
					 UINT32_MAX, UINT64_MAX, UINT64_C(1) << 32,
					 0x80000000, 0x7e020000, UINT64_C(0xffffffff00000000) };

	return below(3) ? some[below(9)] : chance();
}

static void random_rule(struct policy *policy)
{
	struct policy_rule rule = { .action = random_action() };

	/* Few calls, so that they have many rules. */
	rule.nr = below(4) ? (int)below(12) * 29 : (int)below(480);
	if (!policy_call_name(rule.nr) && rule.nr < POLICY_NEWER)
		return;
	rule.ntests = below(4);
	for (unsigned i = 0; i < rule.ntests; i++) {
		struct policy_test *test = &rule.test[i];

		test->arg = below(POLICY_ARGS);
		test->op = (enum policy_op)below(POLICY_MASKED_NE + 1);
		test->low = below(2);
		test->mask = below(2) ? random_constant() : UINT64_MAX;
		test->value = random_constant();
		if (below(2))
			test->value &= test->mask;
	}
	policy_add_rule(policy, &rule);
}

static void random_policy(struct policy *policy, unsigned n)
{
	static const unsigned sizes[] = { 0, 1, 5, 40, 300 };
	char name[32];

	(void)snprintf(name, sizeof(name), "random %u", n);
	policy_init(policy, name);
	policy->otherwise = random_action();
	policy->unknown = random_action();
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_X86;
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_X32;
	if (below(4) == 0)
		policy->arch[policy->narchs++] = SCMP_ARCH_AARCH64;
	for (unsigned i = sizes[below(5)]; i > 0; i--)
		random_rule(policy);
}

int main(void)
{
	struct policy policy;

	for (unsigned n = 0; n < RANDOM_POLICIES; n++) {
		random_policy(&policy, n);
		compare(&policy, policy.name);
		check_hot(&policy, policy.name);
		policy_finish(&policy);
	}
	return tap_done();
}
