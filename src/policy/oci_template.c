/* What moby's and podman's profiles depend on: capabilities, architecture, kernel. May do nothing
 * but compute, and ask for the running kernel's version. */
#include "oci_read.h"

#include "arch.h"
#include "capability.h"
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <string.h>

/* Go's names, which docker and podman have, of what libseccomp calls otherwise. */
static const char *const go_archs[][2] = {
	{ "amd64", "x86_64" },
	{ "386", "x86" },
	{ "arm64", "aarch64" },
	{ "mips64le", "mipsel64" },
	{ "mipsle", "mipsel" },
	{ "mips64p32", "mips64n32" },
	{ "mips64p32le", "mipsel64n32" },
	{ "loong64", "loongarch64" },
};

static bool is_native(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(go_archs); i++) {
		if (!strcmp(go_archs[i][0], name))
			name = go_archs[i][1];
	}
	return seccomp_arch_resolve_name(name) == seccomp_arch_native();
}

/* One that the kernel will have tomorrow is none that the agent keeps today. */
static int is_kept(const struct oci_reader *r, const char *name)
{
	uint64_t bit = capability_parse(name);

	if (bit & (bit - 1) || (!bit && !util_after(name, "CAP_")))
		return oci_wrong(r, "caps: %s: expected the name of one capability", name);
	if (!bit)
		oci_note(r, "caps: %s: no such capability here", name);
	return !!(r->context->caps & bit);
}

static int arch_holds(const struct oci_reader *r, const char *name)
{
	if (util_after(name, "SCMP_ARCH_"))
		return oci_wrong(r, "arches: %s: expected a name such as amd64 or arm64", name);
	return is_native(name);
}

/* Whether it's at least set[minKernel]; true if that is missing. */
static int kernel_holds(const struct oci_reader *r, const json_t *set, bool *given)
{
	const json_t *least = json_object_get(set, "minKernel");
	const char *text = json_string_value(least);
	unsigned major, minor, at_least, and = 0;
	int end = 0;

	*given = least && !json_is_null(least);
	if (!*given)
		return true;
	if (!text)
		return oci_wrong(r, "minKernel: expected a string with a version, e.g. \"4.8\"");
	if (!isdigit((unsigned char)text[0]) ||
	    sscanf(text, "%4u%n.%4u%n", &at_least, &end, &and, &end) < 1 || text[end])
		return oci_wrong(r, "minKernel: %s: expected a version, e.g. 4.8", text);
	if (!policy_kernel(r->context, &major, &minor))
		return false;
	return major != at_least ? major > at_least : minor >= and;
}

/* How many of the strings of set[member] hold, of how many. */
static int count(const struct oci_reader *r, const json_t *set, const char *member,
		 int (*holds)(const struct oci_reader *r, const char *), size_t *n, size_t *held)
{
	const json_t *list = json_object_get(set, member), *word;
	size_t i;

	*n = *held = 0;
	if (!list || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return oci_wrong(r, "%s: expected an array of names", member);
	json_array_foreach(list, i, word)
	{
		int in;

		if (!json_is_string(word))
			return oci_wrong(r, "%s: expected an array of names", member);
		in = holds(r, json_string_value(word));
		if (in < 0)
			return in;
		*held += (size_t)in;
		*n += 1;
	}
	return 0;
}

/* Whether a set excludes (any that holds is enough) or doesn't include (all capabilities must be
 * there, and one of the architectures). */
static int set_stops(const struct oci_reader *r, const json_t *entry, const char *member,
		     bool excludes)
{
	static const char *const known[] = { "caps", "arches", "minKernel", NULL };
	json_t *set = json_object_get(entry, member);
	size_t ncaps, caps, narchs, archs;
	bool asks_kernel;
	int kernel;

	if (!set || json_is_null(set))
		return 0;
	if (!json_is_object(set))
		return oci_wrong(r, "%s: expected an object", member);
	if (oci_members(r, set, member, known, OCI_ALL) < 0 ||
	    count(r, set, "caps", is_kept, &ncaps, &caps) < 0 ||
	    count(r, set, "arches", arch_holds, &narchs, &archs) < 0)
		return -EINVAL;
	kernel = kernel_holds(r, set, &asks_kernel);
	if (kernel < 0)
		return kernel;
	if (excludes)
		return caps || archs || (asks_kernel && kernel);
	return caps < ncaps || (narchs && !archs) || !kernel;
}

/* Both are looked at in any case: what is wrong in one isn't hidden by the other. */
int oci_entry_counts(const struct oci_reader *r, const json_t *entry)
{
	int left_out = set_stops(r, entry, "includes", false);
	int excluded = set_stops(r, entry, "excludes", true);

	if (left_out < 0 || excluded < 0)
		return -EINVAL;
	return !left_out && !excluded;
}

uint32_t oci_arch(const json_t *value)
{
	const char *name = json_string_value(value),
		   *rest = name ? util_after(name, "SCMP_ARCH_") : NULL;
	char lower[32];
	size_t i = 0;

	if (!rest || strlen(rest) >= sizeof(lower))
		return 0;
	do
		lower[i] = (char)tolower((unsigned char)rest[i]);
	while (rest[i++]);
	return seccomp_arch_resolve_name(lower);
}

/* Runtimes have one profile for all machines, so others' architectures are no mistake. */
static int add_archs(const struct oci_reader *r, const json_t *list, const char *member)
{
	const json_t *value;
	size_t i;

	if (!list || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return oci_wrong(r, "%s: expected an array of SCMP_ARCH_...", member);
	json_array_foreach(list, i, value)
	{
		uint32_t arch = oci_arch(value);

		if (!json_is_string(value))
			return oci_wrong(r, "%s: expected an array of SCMP_ARCH_...", member);
		if (arch_is_foreign(arch) && !arch_is_in(r->policy, arch) &&
		    r->policy->narchs < POLICY_ARCHS)
			r->policy->arch[r->policy->narchs++] = arch;
	}
	return 0;
}

int oci_read_archs(const struct oci_reader *r, const json_t *root)
{
	const json_t *map = json_object_get(root, "archMap"), *entry;
	size_t i;

	if (map && !json_is_null(map) && !json_is_array(map))
		return oci_wrong(r, "archMap: expected an array");
	json_array_foreach(map, i, entry)
	{
		if (!json_is_object(entry))
			return oci_wrong(r, "archMap: expected objects with architecture");
		if (oci_arch(json_object_get(entry, "architecture")) == seccomp_arch_native() &&
		    add_archs(r, json_object_get(entry, "subArchitectures"), "subArchitectures") <
			    0)
			return -EINVAL;
	}
	return add_archs(r, json_object_get(root, "architectures"), "architectures");
}
