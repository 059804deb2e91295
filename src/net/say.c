/* May only write to fd 2. */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void write_line(char *line, size_t size, int len)
{
	size_t n = len < 0 ? 0 : (size_t)len >= size ? size - 1 : (size_t)len;

	line[n] = '\n';
	if (write(STDERR_FILENO, line, n + 1) < 0)
		return; /* nobody is left to tell */
}

void say(const char *fmt, ...)
{
	char text[768], line[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	write_line(line, sizeof(line), snprintf(line, sizeof(line), "cradle-net: %s", text));
}

int say_errno(int err, const char *words, const char *fix, const char *wish, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, wish);
	(void)vsnprintf(text, sizeof(text), wish, ap);
	va_end(ap);
	say(*words ? "%s: %s (%s)%s%s" : "%s: %s%s%s%s", text, *words ? words : strerror(-err),
	    *words ? strerror(-err) : "", fix ? "; " : "", fix ? fix : "");
	return err;
}
