/* A profile that we write is read as runc and crun do it, by libseccomp, which knows nothing of
 * ours: its filter must answer as the one that we compile from the policy. */
#include "compile.h"
#include "load.h"
#include "memory.h"
#include "names.h"
#include "oci.h"
#include "source.h"

#include <jansson.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"
#include "random_policy.h"
#include "tap.h"

enum { NUMBERS = 450, TRIES = 40, RANDOM_POLICIES = 60, MANY = 150 };

static uint32_t action_of(const json_t *entry, const char *member, const char *ret)
{
	const char *name = json_string_value(json_object_get(entry, member));
	uint32_t error = (uint32_t)json_integer_value(json_object_get(entry, ret));

	if (!strcmp(name, "SCMP_ACT_ALLOW"))
		return SCMP_ACT_ALLOW;
	if (!strcmp(name, "SCMP_ACT_LOG"))
		return SCMP_ACT_LOG;
	if (!strcmp(name, "SCMP_ACT_TRAP"))
		return SCMP_ACT_TRAP;
	if (!strcmp(name, "SCMP_ACT_ERRNO"))
		return SCMP_ACT_ERRNO(error);
	return SCMP_ACT_KILL_PROCESS;
}

static uint64_t number(const json_t *arg, const char *member)
{
	return (uint64_t)json_integer_value(json_object_get(arg, member));
}

static int add_entry(scmp_filter_ctx filter, const json_t *entry, uint32_t otherwise)
{
	struct scmp_arg_cmp compare[POLICY_ARGS];
	const json_t *args = json_object_get(entry, "args"), *names, *value;
	uint32_t action = action_of(entry, "action", "errnoRet");
	size_t i;
	int err = 0;

	names = json_object_get(entry, "names");
	json_array_foreach(args, i, value)
	{
		const char *op = json_string_value(json_object_get(value, "op"));

		compare[i] =
			(struct scmp_arg_cmp){ (unsigned)number(value, "index"),
					       !strcmp(op, "SCMP_CMP_EQ") ? SCMP_CMP_EQ
									  : SCMP_CMP_MASKED_EQ,
					       number(value, "value"), number(value, "valueTwo") };
	}
	json_array_foreach(names, i, value)
	{
		int nr = seccomp_syscall_resolve_name(json_string_value(value));

		if (nr == __NR_SCMP_ERROR || action == otherwise)
			continue; /* runtimes do as well */
		err = seccomp_rule_add_array(filter, action, nr, (unsigned)json_array_size(args),
					     compare);
		if (err)
			printf("# libseccomp: %s: %s\n", json_string_value(value), strerror(-err));
	}
	return err;
}

static int make_filter(struct policy_program *program, const char *text, size_t len)
{
	char *wide = oci_widen(text, &len);
	json_t *root = json_loadb(wide, len, 0, NULL);
	uint32_t otherwise = action_of(root, "defaultAction", "defaultErrnoRet");
	scmp_filter_ctx filter = seccomp_init(otherwise);
	const json_t *syscalls = json_object_get(root, "syscalls"), *entry;
	int fd = memfd_create("filter", 0), err = 0;
	size_t i;

	json_array_foreach(syscalls, i, entry)
	{
		if (!err)
			err = add_entry(filter, entry, otherwise);
	}
	if (!err)
		err = seccomp_export_bpf(filter, fd);
	program->len = (size_t)lseek(fd, 0, SEEK_END) / sizeof(program->insn[0]);
	program->insn = memory_grow(NULL, program->len + 1, sizeof(program->insn[0]));
	if (pread(fd, program->insn, program->len * sizeof(program->insn[0]), 0) < 0)
		err = -1;
	(void)close(fd);
	seccomp_release(filter);
	json_decref(root);
	free(wide);
	return err;
}

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
		if (policy_compile(policy, &ours) == 0 && make_filter(&theirs, text, len) == 0)
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

	(void)seccomp_api_set(4);
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
