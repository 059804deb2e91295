/* What container runtimes make of a profile that we wrote: libseccomp's program, as runc and crun
 * have it made. Touches no file but one in memory. */
#include "oci.h"

#include "compile.h"
#include "log.h"
#include "memory.h"
#include "oci_read.h"

#include <errno.h>
#include <jansson.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The kernel takes 4096; but runc puts some of its own before them. */
enum { ROOM = 4000 };

enum { NAMED = 3 };

static uint32_t read_action(const json_t *entry, const char *member, const char *ret)
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

static struct scmp_arg_cmp read_arg(const json_t *arg)
{
	const char *op = json_string_value(json_object_get(arg, "op"));
	bool whole = !strcmp(op, "SCMP_CMP_EQ");

	return (struct scmp_arg_cmp){ (unsigned)number(arg, "index"),
				      whole ? SCMP_CMP_EQ : SCMP_CMP_MASKED_EQ,
				      number(arg, "value"), number(arg, "valueTwo") };
}

static int add_entry(scmp_filter_ctx filter, const json_t *entry, uint32_t otherwise)
{
	struct scmp_arg_cmp compare[POLICY_ARGS];
	uint32_t action = read_action(entry, "action", "errnoRet");
	const json_t *value;
	unsigned nargs = 0;
	size_t i;
	int err = 0;

	json_array_foreach(json_object_get(entry, "args"), i, value)
	{
		compare[nargs++] = read_arg(value);
	}
	json_array_foreach(json_object_get(entry, "names"), i, value)
	{
		int nr = seccomp_syscall_resolve_name(json_string_value(value));

		if (nr == __NR_SCMP_ERROR || action == otherwise)
			continue; /* runtimes do as well */
		err = err ? err : seccomp_rule_add_array(filter, action, nr, nargs, compare);
	}
	return err;
}

static void add_archs(scmp_filter_ctx filter, const json_t *root)
{
	const json_t *value;
	size_t i;

	json_array_foreach(json_object_get(root, "architectures"), i, value)
	{
		uint32_t arch = oci_arch(value);

		if (arch)
			(void)seccomp_arch_add(filter, arch); /* the native one is in */
	}
}

static scmp_filter_ctx make_filter(const json_t *root)
{
	uint32_t otherwise = read_action(root, "defaultAction", "defaultErrnoRet");
	scmp_filter_ctx filter;
	const json_t *entry;
	size_t i;
	int err;

	/* Whatever this kernel has of it: nothing is loaded here. */
	(void)seccomp_api_set(4);
	filter = seccomp_init(otherwise);
	err = filter ? 0 : -ENOMEM;
	if (!err)
		add_archs(filter, root);
	json_array_foreach(json_object_get(root, "syscalls"), i, entry)
	{
		err = err ? err : add_entry(filter, entry, otherwise);
	}
	if (!err)
		return filter;
	seccomp_release(filter);
	errno = -err;
	return NULL;
}

static int export_filter(scmp_filter_ctx filter, struct policy_program *program)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	int err = fd < 0 ? -errno : seccomp_export_bpf(filter, fd);
	off_t size = err ? 0 : lseek(fd, 0, SEEK_END);

	if (!err) {
		program->insn = memory_grow(NULL, (size_t)size + 1, 1);
		program->len = (size_t)size / sizeof(program->insn[0]);
		if (pread(fd, program->insn, (size_t)size, 0) != size)
			err = -EIO;
	}
	if (fd >= 0)
		(void)close(fd);
	return err;
}

static json_t *read_profile(const char *text, size_t len)
{
	char *wide = oci_widen(text, &len);
	json_t *root = json_loadb(wide, len, 0, NULL);

	free(wide);
	return root;
}

static int make_program(const json_t *root, uint32_t optimize, struct policy_program *program)
{
	scmp_filter_ctx filter = make_filter(root);
	int err = filter ? 0 : -errno;

	*program = (struct policy_program){ 0 };
	if (!err)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, optimize);
	if (!err)
		err = export_filter(filter, program);
	seccomp_release(filter);
	return err;
}

/* runc has it make a tree for the numbers, crun a chain. Returns the longer one's length. */
static int measure(const json_t *root, size_t *len)
{
	int err = 0;

	*len = 0;
	for (uint32_t optimize = 1; optimize <= 2 && !err; optimize++) {
		struct policy_program program;

		err = make_program(root, optimize, &program);
		if (program.len > *len)
			*len = program.len;
		policy_program_finish(&program);
	}
	return err;
}

/* How many arguments are compared for each call. */
static json_t *count_comparisons(const json_t *root)
{
	json_t *counts = json_object();
	const json_t *entry, *name;
	size_t i, j;

	json_array_foreach(json_object_get(root, "syscalls"), i, entry)
	{
		json_array_foreach(json_object_get(entry, "names"), j, name)
		{
			const char *call = json_string_value(name);
			json_int_t n = json_integer_value(json_object_get(counts, call));

			n += (json_int_t)json_array_size(json_object_get(entry, "args"));
			(void)json_object_set_new(counts, call, json_integer(n));
		}
	}
	return counts;
}

/* The call with the most of them, which is taken out; false: none is left. */
static bool take_most(json_t *counts, char *call, size_t size)
{
	const char *name;
	json_t *count;
	json_int_t most = 0;

	json_object_foreach(counts, name, count)
	{
		if (json_integer_value(count) <= most)
			continue;
		most = json_integer_value(count);
		(void)snprintf(call, size, "%s", name);
	}
	return most && json_object_del(counts, call) == 0;
}

static int refuse(const char *name, const json_t *root, size_t len)
{
	json_t *counts = count_comparisons(root);
	char calls[256] = "", call[64];

	for (unsigned i = 0; i < NAMED && take_most(counts, call, sizeof(call)); i++) {
		size_t used = strlen(calls);

		(void)snprintf(calls + used, sizeof(calls) - used, "%s%s", i ? ", " : "", call);
	}
	json_decref(counts);
	log_error("cannot write %s as OCI JSON that a container runtime can load: expected at most "
		  "%d instructions of libseccomp's, it would be %zu; most are for the conditions "
		  "of %s",
		  name, ROOM, len, calls);
	return -E2BIG;
}

int oci_check_size(const char *name, const char *text, size_t len)
{
	json_t *root = read_profile(text, len);
	size_t ninsns;
	int err = measure(root, &ninsns);

	if (err)
		(void)log_errno(err, "libseccomp cannot compile %s as OCI JSON", name);
	else if (ninsns > ROOM)
		err = refuse(name, root, ninsns);
	json_decref(root);
	return err;
}

int oci_runtime_program(const char *text, size_t len, struct policy_program *program)
{
	json_t *root = read_profile(text, len);
	int err = make_program(root, 1, program);

	json_decref(root);
	return err;
}
