/* A profile that we write is read as runc and crun do it, by libseccomp, which knows nothing of
 * ours: its filter must answer as the one that we compile from the policy. */
#include "compile.h"
#include "load.h"
#include "names.h"
#include "oci.h"
#include "source.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "random_policy.h"
#include "tap.h"

enum { NUMBERS = 450, TRIES = 40, RANDOM_POLICIES = 60, MANY = 150 };

static unsigned count_different(const struct policy *policy, const struct policy_program *ours,
				const struct policy_program *theirs)
{
	unsigned different = 0;

	for (int nr = 0; nr < NUMBERS; nr++) {
		struct seccomp_data data = { .nr = nr, .arch = seccomp_arch_native() };
		char *known = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
		uint64_t args[POLICY_ARGS];

		/* Of newer.c's the runtime's libseccomp may not have heard. */
		for (unsigned try = 0; known && try < TRIES; try++) {
			uint32_t a, b;

			pick_args(args, policy, nr);
			for (unsigned i = 0; i < POLICY_ARGS; i++)
				data.args[i] = args[i];
			a = bpf_run(ours->insn, ours->len, &data, NULL);
			b = bpf_run(theirs->insn, theirs->len, &data, NULL);
			if (a != b && different++ < 3)
				printf("# nr %d args %#lx %#lx %#lx %#lx: %#x, a runtime's %#x\n",
				       nr, args[0], args[1], args[2], args[3], a, b);
		}
		free(known);
	}
	return different;
}

/* Returns whether it could be written. */
static bool compare(const struct policy *policy)
{
	struct policy_program ours = { 0 }, theirs = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int err = policy_write_oci(policy, to);

	(void)fclose(to);
	if (!err) {
		if (policy_compile(policy, &ours) == 0 &&
		    oci_runtime_program(text, len, &theirs) == 0)
			tap_ok(!count_different(policy, &ours, &theirs),
			       "%s: a runtime's %zu instructions answer as our %zu", policy->name,
			       theirs.len, ours.len);
		else
			tap_ok(false, "%s: both compile", policy->name);
	}
	policy_program_finish(&ours);
	policy_program_finish(&theirs);
	free(text);
	return !err;
}

/* As the parsers make them; and a runtime's profile can't tell `default` from `unknown` where
 * nobody has a name. */
static void random_plain_policy(struct policy *policy, unsigned n)
{
	do {
		random_policy(policy, n);
		policy->narchs = 0;
	} while (policy->nrules > MANY && (policy_finish(policy), true));
	policy->unknown = policy->otherwise;
}

int main(void)
{
	const struct policy_context context = { 0 };
	struct policy policy;
	unsigned nwritten = 0;
	const char *name;

	for (unsigned n = 0; (name = policy_shipped(n, NULL)); n++) {
		if (policy_load(&policy, name, &context) < 0 || !compare(&policy))
			tap_ok(false, "%s is written as OCI JSON", name);
		policy_finish(&policy);
	}
	for (unsigned n = 0; n < RANDOM_POLICIES; n++) {
		random_plain_policy(&policy, n);
		nwritten += compare(&policy);
		policy_finish(&policy);
	}
	tap_ok(nwritten > RANDOM_POLICIES / 3, "%u random policies were compared", nwritten);
	return tap_done();
}
