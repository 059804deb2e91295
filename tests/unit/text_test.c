/* Numbers, times, signals: tables. */
#include "util.h"
#include "tap.h"

#include <string.h>

static const struct {
	const char *text;
	bool good;
	unsigned ms;
} times[] = {
	{ "0", true, 0 },         { "5", true, 5000 },
	{ "5s", true, 5000 },     { "500ms", true, 500 },
	{ "2m", true, 120000 },   { "1h", true, 3600000 },
	{ "", false, 0 },         { "s", false, 0 },
	{ "5x", false, 0 },       { "-5", false, 0 },
	{ "5 s", false, 0 },      { "1.5s", false, 0 },
	{ "9999999h", false, 0 }, { "99999999999999999999", false, 0 },
};

static const struct {
	const char *name;
	int sig;
} signals[] = {
	{ "TERM", 15 },     { "SIGTERM", 15 },  { "term", 15 },
	{ "sigterm", 15 },  { "15", 15 },       { "1", 1 },
	{ "64", 64 },       { "0", -1 },        { "65", -1 },
	{ "RTMIN", 34 },    { "RTMIN+3", 37 },  { "SIGRTMIN+4", 38 },
	{ "RTMIN+30", 64 }, { "RTMIN+31", -1 }, { "RTMAX", 64 },
	{ "RTMAX-14", 50 }, { "RTMIN-1", -1 },  { "RTMAX+1", -1 },
	{ "RTMIN+", -1 },   { "", -1 },         { "SIG", -1 },
	{ "TERMX", -1 },    { "PWR", 30 },      { "POLL", 29 },
	{ "015", 15 },      { "-1", -1 },       { "RTMIN+99999999", -1 },
	{ "CLD", 17 },
};

static const struct {
	const char *text;
	uint64_t max;
	bool good;
	uint64_t value;
} numbers[] = {
	{ "0", 0, true, 0 },
	{ "1", 0, false, 0 },
	{ "255", 255, true, 255 },
	{ "256", 255, false, 0 },
	{ "", 255, false, 0 },
	{ "2x", 255, false, 0 },
	{ "+2", 255, false, 0 },
	{ " 2", 255, false, 0 },
	{ "0000000255", 255, true, 255 },
	{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, false, 0 },
};

static void test_put(void)
{
	char text[12], *end = ARRAY_END(text), *at;

	at = util_put_number(util_put(text, end, "a="), end, 0755, 8);
	tap_ok(!strcmp(text, "a=755") && at == text + 5, "texts and numbers are joined");
	at = util_put_number(at, end, UINT64_MAX, 10);
	tap_ok(!strcmp(text, "a=755184467") && at == end - 1, "what has no room is cut");
	at = util_put_number(util_put(at, end, "x"), end, 0, 10);
	tap_ok(!strcmp(text, "a=755184467") && at == end - 1, "a full buffer stays as it is");
}

int main(void)
{
	char name[16];

	test_put();

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		unsigned ms = 0;
		bool good = util_time(times[i].text, &ms);

		tap_ok(good == times[i].good && (!good || ms == times[i].ms),
		       "the time \"%s\" is %s", times[i].text, times[i].good ? "read" : "refused");
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		tap_ok(util_signal(signals[i].name, strlen(signals[i].name)) == signals[i].sig,
		       "the signal \"%s\" is %d", signals[i].name, signals[i].sig);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t value = 0;
		bool good = util_number(numbers[i].text, numbers[i].max, &value);

		tap_ok(good == numbers[i].good && (!good || value == numbers[i].value),
		       "the number \"%s\" is %s", numbers[i].text,
		       numbers[i].good ? "read" : "refused");
	}
	for (int sig = 1; sig <= 64; sig++) {
		(void)util_signal_name(sig, name);
		tap_ok(util_signal(name, strlen(name)) == sig,
		       "signal %d is written as %s and read back", sig, name);
	}
	return tap_done();
}
