/* What is said about a profile, and which members an object of it may have. May do nothing but
 * write to who hears of errors. */
#include "oci_read.h"

#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

unsigned oci_line(const struct oci_reader *r)
{
	return r->inside && r->element < r->nlines ? r->line[r->element] : 0;
}

static void tell(const struct oci_reader *r, FILE *to, const char *text)
{
	(void)fprintf(to, "%s:", r->file);
	if (oci_line(r))
		(void)fprintf(to, "%u:", oci_line(r));
	if (r->inside)
		(void)fprintf(to, " syscalls[%zu]:", r->element);
	(void)fputc(' ', to);
	for (const char *at = text; *at; at++)
		(void)fputc(util_visible(*at), to);
	(void)fputc('\n', to);
}

int oci_wrong(const struct oci_reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tell(r, r->context->errors ? r->context->errors : stderr, text);
	return -EINVAL;
}

void oci_note(const struct oci_reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->context->notes)
		tell(r, r->context->notes, text);
}

static bool is_among(const char *name, const char *const *known)
{
	while (*known && strcmp(*known, name))
		known++;
	return *known;
}

/* As people write one in JSON: "comment", "_why", "//". */
static bool is_comment(const char *name)
{
	return !strcmp(name, "comment") || !isalpha((unsigned char)name[0]);
}

/* "caps, arches or minKernel" */
static void list(char *text, size_t size, const char *const *known)
{
	for (size_t i = 0, len = 0; known[i] && len < size; i++) {
		const char *before = known[i + 1] ? ", " : " or ";

		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? before : "", known[i]);
	}
}

int oci_members(const struct oci_reader *r, json_t *object, const char *what,
		const char *const *known, enum oci_which which)
{
	const char *name;
	json_t *value;
	char expected[160];

	json_object_foreach(object, name, value)
	{
		bool is_list = json_is_array(value) || json_is_object(value);

		if (is_among(name, known) || is_comment(name) || (which == OCI_LISTS && !is_list))
			continue;
		list(expected, sizeof(expected), known);
		return oci_wrong(r, "%s%s%s: expected %s", what, *what ? ": " : "", name, expected);
	}
	return 0;
}
