/* log.h - one line on stderr per message, written with one write(2).
 *
 * No stdio and no allocation, so PID 1 may use it while it supervises.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* The only global state of the program: what is let through. Default: LOG_LEVEL_WARN. */
void log_set_level(enum log_level level);

/* The word before the colon of each line; must outlive the program. Default: "cradle". */
void log_set_name(const char *name);

/* Begin each line with <N>, N being syslog(3)'s number of its level. Default: false. */
void log_mark_levels(bool on);

/* Cold: the compiler moves what leads to a message out of the way (gcc manual, "cold"), so that a
 * launch without one maps less of the program. */
#define LOG_LIKE(fmt, args) __attribute__((cold, format(printf, fmt, args)))

/* Returns err, so that a caller logs and passes on in one line. */
LOG_LIKE(2, 3) int log_errno(int err, const char *fmt, ...);
LOG_LIKE(2, 3) int log_warn_errno(int err, const char *fmt, ...);

LOG_LIKE(1, 2) void log_error(const char *fmt, ...);
LOG_LIKE(1, 2) void log_warn(const char *fmt, ...);
LOG_LIKE(1, 2) void log_info(const char *fmt, ...);

#endif
