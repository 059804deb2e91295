/* Text in, numbers out. No system call in here, so each function has a table test. */
#include "util.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool util_number(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';

		if (digit > 9 || n > (max - digit) / 10 || digit > max)
			return false;
		n = n * 10 + digit;
	}
	*value = n;
	return true;
}

bool util_time(const char *text, unsigned *ms)
{
	static const struct {
		const char *suffix;
		unsigned ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "", 1000 } };
	size_t digits = strspn(text, "0123456789");
	char number[16];
	uint64_t n;

	if (!digits || digits >= sizeof(number))
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(text + digits, units[i].suffix))
			continue;
		if (!util_number(number, INT32_MAX / units[i].ms, &n))
			return false;
		*ms = (unsigned)n * units[i].ms;
		return true;
	}
	return false;
}

const char *util_after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

bool util_in_list(const char *list, const char *word)
{
	size_t wanted = strlen(word);

	while (*list) {
		size_t len = strcspn(list, ",");

		if (len == wanted && !memcmp(list, word, len))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

void util_sort(int *numbers, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		for (unsigned j = i; j && numbers[j - 1] > numbers[j]; j--) {
			int number = numbers[j];

			numbers[j] = numbers[j - 1];
			numbers[j - 1] = number;
		}
	}
}

const char *util_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *util_put(char *at, const char *end, const char *text)
{
	while (*text && at < end - 1)
		*at++ = *text++;
	*at = '\0';
	return at;
}

char *util_put_number(char *at, const char *end, uint64_t value, unsigned base)
{
	char digits[24], *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = (char)('0' + value % base);
	while (value /= base);
	return util_put(at, end, first);
}

static const struct {
	const char *name;
	int sig;
} signals[] = {
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "ILL", SIGILL },
	{ "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT },
	{ "BUS", SIGBUS },
	{ "FPE", SIGFPE },
	{ "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },
	{ "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM },
	{ "TERM", SIGTERM },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
	{ "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },
	{ "IO", SIGIO },
	{ "PWR", SIGPWR },
	{ "SYS", SIGSYS },
	/* second names, read but never written */
	{ "IOT", SIGABRT },
	{ "POLL", SIGIO },
	{ "CLD", SIGCHLD },
	{ "UNUSED", SIGSYS },
};

static bool same(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !strncasecmp(text, word, len);
}

static int realtime(const char *name, size_t len)
{
	static const struct {
		const char *base;
		int sig, sign;
	} bases[] = { { "RTMIN", 34, 1 }, { "RTMAX", 64, -1 } };
	char digits[8];
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		if (len < 5 || strncasecmp(name, bases[i].base, 5))
			continue;
		if (len == 5)
			return bases[i].sig;
		if (name[5] != (bases[i].sign > 0 ? '+' : '-') || len - 6 >= sizeof(digits))
			return -1;
		memcpy(digits, name + 6, len - 6);
		digits[len - 6] = '\0';
		return util_number(digits, 30, &n) ? bases[i].sig + bases[i].sign * (int)n : -1;
	}
	return -1;
}

int util_signal(const char *name, size_t len)
{
	char digits[4];
	uint64_t n;

	if (len && len < sizeof(digits) && name[0] >= '0' && name[0] <= '9') {
		memcpy(digits, name, len);
		digits[len] = '\0';
		return util_number(digits, 64, &n) && n ? (int)n : -1;
	}
	if (len > 3 && !strncasecmp(name, "SIG", 3)) {
		name += 3;
		len -= 3;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (same(name, len, signals[i].name))
			return signals[i].sig;
	}
	return realtime(name, len);
}

const char *util_signal_name(int sig, char buf[16])
{
	if (sig >= 34 && sig <= 64) {
		(void)snprintf(buf, 16, sig == 34 ? "RTMIN" : "RTMIN+%d", sig - 34);
		return buf;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (signals[i].sig == sig)
			return strcpy(buf, signals[i].name);
	}
	(void)snprintf(buf, 16, "%d", sig);
	return buf;
}
