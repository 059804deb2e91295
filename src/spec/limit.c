/* Limits: text in, numbers out. Makes no system call. */
#include "limit.h"

#include "best_effort.h"
#include "util.h"

#include <string.h>
#include <strings.h>
#include <sys/resource.h>

static const char a_size[] = "expected a size such as 64M, 1G or a number of bytes";
static const char an_rlimit[] =
	"expected NAME=SOFT or NAME=SOFT:HARD, such as nofile=1024:4096 or core=unlimited";

/* The first len bytes of text as a string of its own. */
static bool cut(char *buf, size_t size, const char *text, size_t len)
{
	if (len >= size)
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return true;
}

/* Powers of 1024, as everybody who limits memory means them. */
static bool read_size(const char *text, uint64_t max, uint64_t *value)
{
	static const char units[] = "kmgt";
	size_t digits = strspn(text, "0123456789");
	unsigned shift = 0;
	char number[24];

	if (text[digits]) {
		const char *unit = strchr(units, text[digits] | 0x20);

		if (!unit || text[digits + 1])
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (!cut(number, sizeof(number), text, digits) || !util_number(number, max >> shift, value))
		return false;
	*value <<= shift;
	return true;
}

const char *limits_memory(struct spec_limits *limits, const char *value)
{
	if (!read_size(value, INT64_MAX, &limits->memory) || !limits->memory)
		return a_size;
	return NULL;
}

const char *limits_pids(struct spec_limits *limits, const char *value)
{
	/* PID_MAX_LIMIT of <linux/threads.h> is the kernel's own bound; PID 1 takes one of them. */
	if (!util_number(value, 4194304, &limits->pids) || limits->pids < 2)
		return "expected a number of processes from 2 to 4194304, PID 1 included";
	return NULL;
}

const char *limits_cpus(struct spec_limits *limits, const char *value)
{
	static const char expected[] = "expected a number of CPUs such as 0.5 or 2, from 0.001 on";
	size_t digits = strcspn(value, ".");
	const char *point = value + digits;
	uint64_t whole, part = 0;
	char number[8];

	if (!cut(number, sizeof(number), value, digits) || !util_number(number, 100000, &whole))
		return expected;
	if (*point) {
		size_t n = strlen(point + 1);

		if (!n || n > 3 || !util_number(point + 1, 999, &part))
			return expected;
		for (; n < 3; n++)
			part *= 10;
	}
	limits->cpu_milli = (unsigned)(whole * 1000 + part);
	return limits->cpu_milli ? NULL : expected;
}

const char *limits_time(struct spec_limits *limits, const char *value)
{
	if (!util_time(value, &limits->time_ms) || !limits->time_ms)
		return "expected a time such as 500ms, 5s or 2m";
	return NULL;
}

static const struct {
	const char *name;
	int resource;
	bool bytes;
} rlimits[] = {
	{ "as", RLIMIT_AS, true },
	{ "core", RLIMIT_CORE, true },
	{ "cpu", RLIMIT_CPU, false },
	{ "data", RLIMIT_DATA, true },
	{ "fsize", RLIMIT_FSIZE, true },
	{ "locks", RLIMIT_LOCKS, false },
	{ "memlock", RLIMIT_MEMLOCK, true },
	{ "msgqueue", RLIMIT_MSGQUEUE, true },
	{ "nice", RLIMIT_NICE, false },
	{ "nofile", RLIMIT_NOFILE, false },
	{ "nproc", RLIMIT_NPROC, false },
	{ "rss", RLIMIT_RSS, true },
	{ "rtprio", RLIMIT_RTPRIO, false },
	{ "rttime", RLIMIT_RTTIME, false },
	{ "sigpending", RLIMIT_SIGPENDING, false },
	{ "stack", RLIMIT_STACK, true },
};

_Static_assert(ARRAY_SIZE(rlimits) == LIMITS_RLIMITS, "one place per kind");

const char *limits_rlimit_name(int resource)
{
	for (size_t i = 0; i < ARRAY_SIZE(rlimits); i++) {
		if (rlimits[i].resource == resource)
			return rlimits[i].name;
	}
	return "unknown";
}

static bool read_rlimit(const char *text, bool bytes, uint64_t *value)
{
	if (!strcmp(text, "unlimited") || !strcmp(text, "infinity")) {
		*value = RLIM_INFINITY;
		return true;
	}
	return bytes ? read_size(text, RLIM_INFINITY - 1, value)
		     : util_number(text, RLIM_INFINITY - 1, value);
}

void limits_put(struct spec_limits *limits, const struct spec_rlimit *rlimit)
{
	unsigned i = 0;

	while (i < limits->nrlimits && limits->rlimit[i].resource != rlimit->resource)
		i++;
	limits->rlimit[i] = *rlimit;
	limits->nrlimits += i == limits->nrlimits;
}

static const char *read_pair(struct spec_rlimit *rlimit, const char *text, bool bytes)
{
	size_t len = strcspn(text, ":");
	char soft[24];

	if (!cut(soft, sizeof(soft), text, len) || !read_rlimit(soft, bytes, &rlimit->soft) ||
	    !read_rlimit(text[len] ? text + len + 1 : soft, bytes, &rlimit->hard))
		return an_rlimit;
	if (rlimit->soft > rlimit->hard)
		return "expected a soft limit that isn't above the hard one";
	return NULL;
}

const char *limits_rlimit(struct spec_limits *limits, const char *value)
{
	const char *name = strncasecmp(value, "RLIMIT_", 7) ? value : value + 7;
	size_t len = strcspn(name, "=");

	if (!name[len])
		return an_rlimit;
	for (size_t i = 0; i < ARRAY_SIZE(rlimits); i++) {
		struct spec_rlimit rlimit = { .resource = rlimits[i].resource };
		const char *wrong;

		if (strlen(rlimits[i].name) != len || strncasecmp(name, rlimits[i].name, len))
			continue;
		wrong = read_pair(&rlimit, name + len + 1, rlimits[i].bytes);
		if (!wrong)
			limits_put(limits, &rlimit);
		return wrong;
	}
	return "expected as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, "
	       "nproc, "
	       "rss, rtprio, rttime, sigpending or stack before the '='";
}

unsigned limits_wanted(const struct spec_limits *limits)
{
	return (limits->memory ? LIMIT_MEMORY : 0U) | (limits->pids ? LIMIT_PIDS : 0U) |
	       (limits->cpu_milli ? LIMIT_CPUS : 0U);
}

const char *limit_name(enum limit limit)
{
	return best_effort_name((unsigned)__builtin_ctz(limit));
}
