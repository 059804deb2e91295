/* tell_json.h - doctor's findings as one JSON object on fd 1. */
#ifndef COMMAND_TELL_JSON_H
#define COMMAND_TELL_JSON_H

#include <stdbool.h>
#include <stddef.h>

void tell_json_begin(void);
void tell_json_check(bool first, const char *name, const char *status, int err, const char *cause,
		     const char *fix);
void tell_json_end(bool works);

/* text as a JSON string, quotes included. What isn't UTF-8 becomes U+FFFD; what doesn't fit is left
 * out. Pure. */
void tell_json_string(const char *text, char *buf, size_t size);

#endif
