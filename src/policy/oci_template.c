/* What moby's and podman's profiles depend on: capabilities, architecture, kernel. May do nothing
 * but compute, and ask for the running kernel's version. */
#include "oci_read.h"

#include "arch.h"
#include "capability.h"
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdarg.h>
#include <string.h>

unsigned oci_line(const struct oci_reader *r)
{
	return r->inside && r->element < r->nlines ? r->line[r->element] : 0;
}

static void tell(const struct oci_reader *r, FILE *to, const char *text)
{
	(void)fprintf(to, "%s:", r->file);
	if (oci_line(r))
		(void)fprintf(to, "%u:", oci_line(r));
	if (r->inside)
		(void)fprintf(to, " syscalls[%zu]:", r->element);
	(void)fprintf(to, " %s\n", text);
}

int oci_wrong(const struct oci_reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tell(r, r->context->errors ? r->context->errors : stderr, text);
	return -EINVAL;
}

void oci_note(const struct oci_reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->context->notes)
		tell(r, r->context->notes, text);
}

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

static bool is_kept(const struct oci_reader *r, const char *name)
{
	return r->context->caps & capability_parse(name);
}

static bool kernel_is(const struct oci_reader *r, const char *least)
{
	unsigned major, minor, at_least, and = 0;

	if (!policy_kernel(r->context, &major, &minor) ||
	    sscanf(least, "%u.%u", &at_least, &and) < 1)
		return false;
	return major != at_least ? major > at_least : minor >= and;
}

/* How many of the strings of set[member] hold, of how many. */
static int count(const struct oci_reader *r, const json_t *set, const char *member,
		 bool (*holds)(const struct oci_reader *r, const char *), size_t *n, size_t *held)
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
		if (!json_is_string(word))
			return oci_wrong(r, "%s: expected an array of names", member);
		*held += holds(r, json_string_value(word));
		*n += 1;
	}
	return 0;
}

static bool arch_holds(const struct oci_reader *r, const char *name)
{
	(void)r;
	return is_native(name);
}

/* Whether a set excludes (any that holds is enough) or doesn't include (all capabilities must be
 * there, and one of the architectures). */
static int set_stops(const struct oci_reader *r, const json_t *entry, const char *member,
		     bool excludes)
{
	const json_t *set = json_object_get(entry, member);
	const char *kernel = json_string_value(json_object_get(set, "minKernel"));
	size_t ncaps, caps, narchs, archs;

	if (!set || json_is_null(set))
		return 0;
	if (!json_is_object(set))
		return oci_wrong(r, "%s: expected an object", member);
	if (count(r, set, "caps", is_kept, &ncaps, &caps) < 0 ||
	    count(r, set, "arches", arch_holds, &narchs, &archs) < 0)
		return -EINVAL;
	if (kernel && !isdigit((unsigned char)kernel[0]))
		return oci_wrong(r, "%s: minKernel: %s: expected a version, e.g. 4.8", member,
				 kernel);
	if (excludes)
		return caps || archs || (kernel && kernel_is(r, kernel));
	return caps < ncaps || (narchs && !archs) || (kernel && !kernel_is(r, kernel));
}

int oci_entry_counts(const struct oci_reader *r, const json_t *entry)
{
	int stops = set_stops(r, entry, "includes", false);

	if (!stops)
		stops = set_stops(r, entry, "excludes", true);
	return stops < 0 ? stops : !stops;
}

/* "SCMP_ARCH_X86_64"; 0: libseccomp has no such architecture. */
static uint32_t read_arch(const json_t *value)
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
		uint32_t arch = read_arch(value);

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
		if (read_arch(json_object_get(entry, "architecture")) == seccomp_arch_native() &&
		    add_archs(r, json_object_get(entry, "subArchitectures"), "subArchitectures") <
			    0)
			return -EINVAL;
	}
	return add_archs(r, json_object_get(root, "architectures"), "architectures");
}
