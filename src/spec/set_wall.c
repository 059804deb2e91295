/* How the options are read that say who the agent is and what it may do, the same in every world.
 * May only write into the spec. */
#include "setters.h"

#include "capability.h"
#include "util.h"

#include <string.h>

static const char a_capability[] =
	"expected ALL or capabilities such as CAP_NET_ADMIN, a comma between them";

static const char *set_capabilities(struct spec *spec, const char *value, bool keep)
{
	struct spec_confine *confine = &spec->run.confine;
	uint64_t caps = capability_parse(value);

	if (!caps)
		return a_capability;
	confine->keep_rights = false;
	if (!keep) {
		confine->caps &= ~caps;
		confine->caps_asked &= ~caps;
		return NULL;
	}
	confine->caps |= caps;
	confine->caps_asked |= caps;
	/* All are those that there are. */
	if (caps != CAPABILITY_ALL)
		confine->caps_named |= caps;
	return NULL;
}

const char *set_cap_add(struct spec *spec, const char *value)
{
	return set_capabilities(spec, value, true);
}

const char *set_cap_drop(struct spec *spec, const char *value)
{
	return set_capabilities(spec, value, false);
}

const char *set_cap_keep(struct spec *spec, const char *value)
{
	struct spec_confine *confine = &spec->run.confine;
	const char *wrong = capability_parse(value) ? NULL : a_capability;

	/* The first of them forgets what came before. */
	if (!wrong && !confine->caps_exactly)
		confine->caps = confine->caps_named = confine->caps_asked = 0;
	confine->caps_exactly = confine->caps_exactly || !wrong;
	return wrong ? wrong : set_capabilities(spec, value, true);
}

const char *set_no_new_privs(struct spec *spec, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	if (wrong)
		return wrong;
	spec->run.confine.gain_privileges = !on;
	spec->run.confine.privileges_given = true;
	return NULL;
}

/* Apart, as most agents are nobody else. */
static struct spec_user *user_of(struct spec *spec)
{
	static struct spec_user user;

	if (!spec->run.confine.user)
		spec->run.confine.user = &user;
	return spec->run.confine.user;
}

const char *set_user(struct spec *spec, const char *value)
{
	size_t len = strcspn(value, ":");

	if (!len || (value[len] && (!value[len + 1] || strchr(value + len + 1, ':'))))
		return "expected NAME, UID:GID or NAME:GROUP";
	user_of(spec)->user = value;
	return NULL;
}

const char *set_groups(struct spec *spec, const char *value)
{
	const char *comma = value;

	for (unsigned n = 1; (comma = strchr(comma, ',')); comma++) {
		if (++n > WALL_GROUPS)
			return "expected at most 64 groups";
	}
	if (*value && (*value == ',' || value[strlen(value) - 1] == ',' || strstr(value, ",,")))
		return "expected a comma list of names and numbers of groups, or nothing";
	user_of(spec)->groups = value;
	return NULL;
}

/* A whole number with its sign; false on anything else. */
static bool read_signed(const char *text, int min, int max, int *value)
{
	bool negative = *text == '-';
	uint64_t n;

	if (!util_number(text + negative, negative ? (uint64_t)-min : (uint64_t)max, &n))
		return false;
	*value = negative ? -(int)n : (int)n;
	return true;
}

const char *set_nice(struct spec *spec, const char *value)
{
	struct spec_traits *traits = &spec->run.confine.traits;

	traits->nice_given = read_signed(value, -20, 19, &traits->nice);
	return traits->nice_given ? NULL : "expected a number from -20 (first) to 19 (last)";
}

const char *set_oom_score_adj(struct spec *spec, const char *value)
{
	struct spec_traits *traits = &spec->run.confine.traits;

	traits->oom_given = read_signed(value, -1000, 1000, &traits->oom_score_adj);
	return traits->oom_given ? NULL : "expected a number from -1000 (spared) to 1000 (first)";
}

const char *set_umask(struct spec *spec, const char *value)
{
	struct spec_traits *traits = &spec->run.confine.traits;
	size_t len = strlen(value);
	unsigned mask = 0;

	if (!len || len > 4 || strspn(value, "01234567") != len)
		return "expected an octal number from 0 to 0777";
	for (; *value; value++)
		mask = mask << 3 | (unsigned)(*value - '0');
	if (mask > 0777)
		return "expected an octal number from 0 to 0777";
	traits->umask = mask;
	traits->umask_given = true;
	return NULL;
}
