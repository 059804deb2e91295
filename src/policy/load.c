/* Find, recognise, parse. May read files. */
#include "load.h"

#include "oci.h"
#include "parse.h"
#include "source.h"

#include <errno.h>
#include <string.h>

enum policy_kind policy_kind(const char *bytes, size_t len)
{
	static const char blanks[] = " \t\r\n";

	if (memchr(bytes, '\0', len))
		return POLICY_BPF;
	while (len && memchr(blanks, *bytes, sizeof(blanks) - 1)) {
		bytes++;
		len--;
	}
	return len && (*bytes == '{' || *bytes == '[') ? POLICY_JSON : POLICY_TEXT;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int policy_load(struct policy *policy, const char *name_or_path,
		const struct policy_context *context)
{
	const struct policy_input *found;
	struct policy_input input;

	policy_init(policy, base_name(name_or_path));
	found = policy_source(policy, name_or_path, NULL, context);
	if (!found)
		return -ENOENT;
	input = *found; /* an include moves the array */
	switch (policy_kind(input.bytes, input.len)) {
	case POLICY_TEXT:
		return policy_parse_text(policy, input.path, input.bytes, context);
	case POLICY_JSON:
		return policy_parse_oci(policy, input.path, input.bytes, input.len, context);
	case POLICY_BPF:
		break;
	}
	(void)fprintf(
		context->errors ? context->errors : stderr,
		"cradle-policy: cannot read a policy from %s: it is compiled already; expected the "
		"text or JSON that it was compiled from\n",
		input.path);
	return -EINVAL;
}
