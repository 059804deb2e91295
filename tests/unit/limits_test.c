/* How limits are read: tables. */
#include "best_effort.h"
#include "limit.h"
#include "tap.h"
#include "util.h"

#include <string.h>
#include <sys/resource.h>

static const struct {
	const char *text;
	bool good;
	uint64_t value;
} sizes[] = {
	{ "1", true, 1 },
	{ "1048576", true, 1048576 },
	{ "64k", true, 65536 },
	{ "64K", true, 65536 },
	{ "64M", true, 67108864 },
	{ "1G", true, 1073741824 },
	{ "2t", true, 2199023255552 },
	{ "8388607T", true, 9223370937343148032 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "8388608T", false, 0 },
	{ "9223372036854775808", false, 0 },
	{ "99999999999999999999999", false, 0 },
	{ "0", false, 0 },
	{ "0M", false, 0 },
	{ "", false, 0 },
	{ "M", false, 0 },
	{ "64MB", false, 0 },
	{ "64 M", false, 0 },
	{ "-1", false, 0 },
	{ "1.5G", false, 0 },
	{ "64x", false, 0 },
	{ "64\x8d", false, 0 },
}, pids[] = {
	{ "2", true, 2 },
	{ "4194304", true, 4194304 },
	{ "1", false, 0 },
	{ "0", false, 0 },
	{ "4194305", false, 0 },
	{ "", false, 0 },
	{ "64k", false, 0 },
}, cpus[] = {
	{ "1", true, 1000 },
	{ "2", true, 2000 },
	{ "0.5", true, 500 },
	{ "0.05", true, 50 },
	{ "0.001", true, 1 },
	{ "1.25", true, 1250 },
	{ "100000.999", true, 100000999 },
	{ "0", false, 0 },
	{ "0.0", false, 0 },
	{ "0.0001", false, 0 },
	{ "1.", false, 0 },
	{ ".5", false, 0 },
	{ "", false, 0 },
	{ "-1", false, 0 },
	{ "50%", false, 0 },
	{ "1.5.5", false, 0 },
	{ "100001", false, 0 },
	{ "99999999999", false, 0 },
}, times[] = {
	{ "1", true, 1000 },
	{ "1ms", true, 1 },
	{ "2m", true, 120000 },
	{ "0", false, 0 },
	{ "", false, 0 },
	{ "never", false, 0 },
};

static const struct {
	const char *text;
	bool good;
	int resource;
	uint64_t soft, hard;
} rlimits[] = {
	{ "nofile=1024:4096", true, RLIMIT_NOFILE, 1024, 4096 },
	{ "nofile=1024", true, RLIMIT_NOFILE, 1024, 1024 },
	{ "NOFILE=1024", true, RLIMIT_NOFILE, 1024, 1024 },
	{ "RLIMIT_NOFILE=1:2", true, RLIMIT_NOFILE, 1, 2 },
	{ "core=0:unlimited", true, RLIMIT_CORE, 0, RLIM_INFINITY },
	{ "core=unlimited", true, RLIMIT_CORE, RLIM_INFINITY, RLIM_INFINITY },
	{ "as=1G:infinity", true, RLIMIT_AS, 1073741824, RLIM_INFINITY },
	{ "fsize=64k", true, RLIMIT_FSIZE, 65536, 65536 },
	{ "stack=8M", true, RLIMIT_STACK, 8388608, 8388608 },
	{ "cpu=10:20", true, RLIMIT_CPU, 10, 20 },
	{ "nice=0", true, RLIMIT_NICE, 0, 0 },
	{ "nofile=64k", false, 0, 0, 0 },
	{ "nofile=4096:1024", false, 0, 0, 0 },
	{ "nofile=unlimited:1024", false, 0, 0, 0 },
	{ "nofile=", false, 0, 0, 0 },
	{ "nofile", false, 0, 0, 0 },
	{ "nofile=:1", false, 0, 0, 0 },
	{ "nofile=1:", false, 0, 0, 0 },
	{ "nofile=1:2:3", false, 0, 0, 0 },
	{ "nofile=-1", false, 0, 0, 0 },
	{ "nofil=1", false, 0, 0, 0 },
	{ "nofiles=1", false, 0, 0, 0 },
	{ "=1", false, 0, 0, 0 },
	{ "", false, 0, 0, 0 },
	{ "cpu=18446744073709551615", false, 0, 0, 0 },
};

#define CHECK(table, fn, field, what)                                                            \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {                                         \
		struct spec_limits limits = { 0 };                                               \
		const char *wrong = fn(&limits, table[i].text);                                  \
                                                                                                 \
		tap_ok(table[i].good ? !wrong && limits.field == table[i].value                  \
				     : wrong && !strncmp(wrong, "expected ", 9),                 \
		       what " \"%s\" is %s", table[i].text, table[i].good ? "read" : "refused"); \
	}

static void check_rlimits(void)
{
	struct spec_limits limits = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rlimits); i++) {
		struct spec_limits one = { 0 };
		const char *wrong = limits_rlimit(&one, rlimits[i].text);
		bool same = one.nrlimits == 1 && one.rlimit[0].resource == rlimits[i].resource &&
			    one.rlimit[0].soft == rlimits[i].soft &&
			    one.rlimit[0].hard == rlimits[i].hard;

		tap_ok(rlimits[i].good ? !wrong && same
				       : wrong && !strncmp(wrong, "expected ", 9) && !one.nrlimits,
		       "the rlimit \"%s\" is %s", rlimits[i].text,
		       rlimits[i].good ? "read" : "refused");
	}
	for (int resource = 0; resource < RLIMIT_NLIMITS; resource++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%s=7", limits_rlimit_name(resource));
		tap_ok(!limits_rlimit(&limits, text) &&
			       limits.rlimit[resource].resource == resource,
		       "resource %d is written as %s and read back", resource, text);
	}
	tap_ok(!limits_rlimit(&limits, "nofile=9") && limits.nrlimits == RLIMIT_NLIMITS &&
		       limits.rlimit[RLIMIT_NOFILE].soft == 9,
	       "of two values for one resource the last counts, and takes no second place");
}

static const struct {
	const char *text;
	bool good;
	unsigned bits;
} allowed[] = {
	{ "memory", true, LIMIT_MEMORY },
	{ "rlimit", true, LIMIT_RLIMIT },
	{ "pids,cpus", true, LIMIT_PIDS | LIMIT_CPUS },
	{ "", false, 0 },
	{ "memory,", false, 0 },
	{ ",memory", false, 0 },
	{ "mem", false, 0 },
	{ "all", false, 0 },
};

static void check_best_effort(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		unsigned bits = 0;
		const char *wrong = best_effort_parse(&bits, allowed[i].text);

		tap_ok(!wrong == allowed[i].good && bits == allowed[i].bits,
		       "best effort for \"%s\" is %s", allowed[i].text,
		       allowed[i].good ? "read" : "refused");
	}
	for (unsigned bit = LIMIT_MEMORY; bit <= LIMIT_RLIMIT; bit <<= 1) {
		unsigned bits = 0;

		tap_ok(!best_effort_parse(&bits, limit_name(bit)) && bits == bit,
		       "limit %u is written as %s and read back", bit, limit_name(bit));
	}
}

int main(void)
{
	struct spec_limits all = { .memory = 1, .cpu_milli = 1 };

	CHECK(sizes, limits_memory, memory, "the size")
	CHECK(pids, limits_pids, pids, "the number of processes")
	CHECK(cpus, limits_cpus, cpu_milli, "the number of CPUs")
	CHECK(times, limits_time, time_ms, "the time limit")
	check_rlimits();
	tap_ok(limits_wanted(&all) == (LIMIT_MEMORY | LIMIT_CPUS),
	       "what is wanted is told by bits");
	check_best_effort();
	return tap_done();
}
