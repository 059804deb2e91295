/* One line per message. May only write to fd 2; never allocates, never exits. */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 200 };

static enum log_level log_level = LOG_LEVEL_WARN;
static const char *log_name = "cradle";
static bool log_marked;

void log_set_level(enum log_level level)
{
	log_level = level;
}

void log_set_name(const char *name)
{
	log_name = name;
}

void log_mark_levels(bool on)
{
	log_marked = on;
}

/* Of syslog(3), as sd-daemon(3) and bubblewrap write them. */
static char digit(enum log_level level)
{
	static const char digits[] = { [LOG_LEVEL_ERROR] = '3',
				       [LOG_LEVEL_WARN] = '4',
				       [LOG_LEVEL_INFO] = '6',
				       [LOG_LEVEL_DEBUG] = '7' };

	return digits[level];
}

/* strerror() may translate and allocate in glibc; strerrordesc_np() doesn't, musl's never does. */
static const char *describe(int err)
{
#ifdef __GLIBC__
	const char *text = strerrordesc_np(err);

	return text ? text : "unknown error";
#else
	return strerror(err);
#endif
}

static void emit(enum log_level level, int err, const char *fmt, va_list ap)
{
	struct pollfd err_fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[1024];
	size_t room = sizeof(line) - 1;
	size_t n;
	int len;

	if (level > log_level)
		return;
	if (log_marked)
		n = (size_t)snprintf(line, room, "<%c>%s: ", digit(level), log_name);
	else
		n = (size_t)snprintf(line, room, "%s: ", log_name);
	len = vsnprintf(line + n, room - n, fmt, ap);
	if (len < 0)
		return;
	n += (size_t)len;
	if (n < room && err)
		n += (size_t)snprintf(line + n, room - n, ": %s", describe(-err));
	if (n > room - 1)
		n = room - 1;
	line[n++] = '\n';
	/* Nobody may read the other end: rather lose a line than hang PID 1. */
	if (poll(&err_fd, 1, PATIENCE_MS) > 0)
		(void)!write(STDERR_FILENO, line, n);
}

#define EMIT(level, err)                   \
	do {                               \
		va_list ap;                \
		va_start(ap, fmt);         \
		emit(level, err, fmt, ap); \
		va_end(ap);                \
	} while (0)

int log_errno(int err, const char *fmt, ...)
{
	EMIT(LOG_LEVEL_ERROR, err);
	return err;
}

int log_warn_errno(int err, const char *fmt, ...)
{
	EMIT(LOG_LEVEL_WARN, err);
	return err;
}

void log_error(const char *fmt, ...)
{
	EMIT(LOG_LEVEL_ERROR, 0);
}

void log_warn(const char *fmt, ...)
{
	EMIT(LOG_LEVEL_WARN, 0);
}

void log_info(const char *fmt, ...)
{
	EMIT(LOG_LEVEL_INFO, 0);
}
