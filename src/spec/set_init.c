/* How the values are read that every world has. May only write into the spec. */
#include "setters.h"

#include "channel.h"
#include "mountspec.h"
#include "util.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static const char a_signal[] = "expected a signal such as TERM, RTMIN+3 or 15";
static const char a_time[] = "expected a time such as 500ms, 5s or 2m";
static const char a_flag[] = "expected nothing, 1 or 0";

const char *set_bool(bool *field, const char *value)
{
	if (strcmp(value, "1") && strcmp(value, "0"))
		return a_flag;
	*field = *value == '1';
	return NULL;
}

static const char *set_flag(struct spec *spec, unsigned flag, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	if (wrong)
		return wrong;
	spec->core.flags = on ? spec->core.flags | flag : spec->core.flags & ~flag;
	return NULL;
}

static const char *set_signal(int *field, const char *value)
{
	int sig = util_signal(value, strlen(value));

	if (sig < 0)
		return a_signal;
	*field = sig;
	return NULL;
}

/* Index of value in words, or -1. */
static int choice(const char *value, const char *const *words, size_t nwords)
{
	for (size_t i = 0; i < nwords; i++) {
		if (!strcmp(value, words[i]))
			return (int)i;
	}
	return -1;
}

/* Being a subreaper comes by itself where it is needed; the flag is tini's. */
const char *set_subreaper(struct spec *spec, const char *value)
{
	bool ignored;

	(void)spec;
	return set_bool(&ignored, value);
}

const char *set_pdeathsig(struct spec *spec, const char *value)
{
	return set_signal(&spec->pdeathsig, value);
}

const char *set_verbose(struct spec *spec, const char *value)
{
	uint64_t n;

	if (!util_number(value, 3, &n))
		return "expected nothing or a number from 0 to 3";
	spec->verbosity = n ? spec->verbosity + (unsigned)n : 0;
	return NULL;
}

const char *set_warn_reaped(struct spec *spec, const char *value)
{
	return set_flag(spec, CRADLE_WARN_REAPED, value);
}

const char *set_group(struct spec *spec, const char *value)
{
	bool on;
	const char *wrong = set_bool(&on, value);

	if (!wrong)
		spec->core.target = on ? CRADLE_TARGET_GROUP : CRADLE_TARGET_CHILD;
	return wrong;
}

const char *set_target(struct spec *spec, const char *value)
{
	static const char *const words[] = { "child", "group", "all" };
	int i = choice(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return "expected child, group or all";
	spec->core.target = (enum cradle_target)i;
	return NULL;
}

const char *set_success(struct spec *spec, const char *value)
{
	uint64_t code;

	if (!util_number(value, 255, &code))
		return "expected an exit code from 0 to 255";
	spec->core.success[code / 64] |= UINT64_C(1) << (code % 64);
	return NULL;
}

const char *set_rewrite(struct spec *spec, const char *value)
{
	static const char expected[] =
		"expected FROM:TO, two signals by name or number; TO 0 drops";
	const char *colon = strchr(value, ':');
	int from, to;

	if (!colon)
		return expected;
	from = util_signal(value, (size_t)(colon - value));
	to = strcmp(colon + 1, "0") ? util_signal(colon + 1, strlen(colon + 1)) : 0;
	if (from < 0 || to < 0)
		return expected;
	if (from == SIGKILL || from == SIGSTOP)
		return "expected another signal than KILL and STOP, which nobody can catch";
	spec->core.rewrite[from] = (signed char)(to ? to : -1);
	return NULL;
}

const char *set_reset_signals(struct spec *spec, const char *value)
{
	return set_flag(spec, CRADLE_RESET_SIGNALS, value);
}

const char *set_stop_signal(struct spec *spec, const char *value)
{
	return set_signal(&spec->core.stop_signal, value);
}

/* The core reads 0 as its default, so a grace of 0 is the shortest there is. */
static const char *set_ms(unsigned *field, const char *value)
{
	if (!util_time(value, field))
		return a_time;
	if (!*field)
		*field = 1;
	return NULL;
}

const char *set_grace(struct spec *spec, const char *value)
{
	spec->grace_given = true;
	return set_ms(&spec->core.grace_ms, value);
}

const char *set_deadline(struct spec *spec, const char *value)
{
	return set_ms(&spec->core.deadline_ms, value);
}

const char *set_leftovers(struct spec *spec, const char *value)
{
	static const char *const words[] = { "kill", "term", "wait" };
	int i = choice(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return "expected kill, term or wait";
	spec->core.leftovers = (enum cradle_leftovers)i;
	spec->leftovers_given = true;
	return NULL;
}

static const char *set_ending(enum ending *field, bool *given, const char *value)
{
	static const char *const words[] = { "exit", "poweroff", "reboot",
					     "halt", "panic",    "restart" };
	int i = choice(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return "expected exit, poweroff, reboot, halt, panic or restart";
	*field = (enum ending)i;
	*given = true;
	return NULL;
}

const char *set_on_success(struct spec *spec, const char *value)
{
	return set_ending(&spec->end.on_success, &spec->end.on_success_given, value);
}

const char *set_on_failure(struct spec *spec, const char *value)
{
	return set_ending(&spec->end.on_failure, &spec->end.on_failure_given, value);
}

const char *set_on_reboot(struct spec *spec, const char *value)
{
	static const char *const words[] = { "exit", "restart" };
	int i = choice(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return "expected exit or restart";
	spec->run.again_on_reboot = i;
	return NULL;
}

const char *set_report(struct spec *spec, const char *value)
{
	const char *wrong;

	if (spec->end.nreports == SPEC_REPORTS)
		return "expected at most 4 reports";
	wrong = channel_parse(&spec->end.report[spec->end.nreports], value);
	if (!wrong)
		spec->end.nreports++;
	return wrong;
}

const char *set_world(struct spec *spec, const char *value)
{
	if (spec->world == WORLD_VM)
		return "expected nothing: this is a VM";
	/* Not vm: that is found out for certain, and its duties would be done to somebody's system.
	 */
	for (enum world world = WORLD_CONTAINER; world <= WORLD_NAMESPACE; world++) {
		if (strcmp(value, world_name(world)))
			continue;
		spec->world = world;
		return NULL;
	}
	return "expected container or namespace";
}

const char *set_hostname(struct spec *spec, const char *value)
{
	/* __NEW_UTS_LEN of <linux/utsname.h> */
	if (!*value || strlen(value) > 64)
		return "expected a host name of 1 to 64 bytes";
	spec->enter.hostname = value;
	return NULL;
}

const char *set_mount(struct spec *spec, const char *value)
{
	const char *wrong;

	if (spec->enter.nmounts == SPEC_MOUNTS)
		return "expected at most 16 mounts";
	wrong = mountspec_parse(&spec->enter.mount[spec->enter.nmounts], value);
	if (!wrong)
		spec->enter.nmounts++;
	return wrong;
}

const char *set_net(struct spec *spec, const char *value)
{
	struct net_spec parsed;
	const char *wrong;

	if (spec->enter.nnets == SPEC_INTERFACES)
		return "expected at most 8 interfaces";
	wrong = net_parse(&parsed, value, &spec->bad.word, &spec->bad.len);
	if (!wrong)
		spec->enter.net[spec->enter.nnets++] = value;
	return wrong;
}

const char *set_nofile(struct spec *spec, const char *value)
{
	static const char expected[] = "expected SOFT or SOFT:HARD, with 1 <= SOFT <= HARD";
	const char *colon = strchr(value, ':');
	char soft[16] = "";
	size_t len = colon ? (size_t)(colon - value) : strlen(value);

	if (len >= sizeof(soft))
		return expected;
	memcpy(soft, value, len);
	if (!util_number(soft, INT32_MAX, &spec->enter.nofile_soft) ||
	    !util_number(colon ? colon + 1 : soft, INT32_MAX, &spec->enter.nofile_hard))
		return expected;
	if (!spec->enter.nofile_soft || spec->enter.nofile_soft > spec->enter.nofile_hard)
		return expected;
	/* In a sandbox it's one limit of the agent's among others. */
	if (spec->verb == VERB_RUN)
		limits_put(&spec->run.limits,
			   &(struct spec_rlimit){ RLIMIT_NOFILE, spec->enter.nofile_soft,
						  spec->enter.nofile_hard });
	return NULL;
}

const char *set_modules(struct spec *spec, const char *value)
{
	if (*value != '/')
		return "expected the absolute path of a list of modules";
	spec->enter.modules = value;
	return NULL;
}
