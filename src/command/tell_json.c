/* The JSON that doctor prints. The words are ours, but paths may hold any byte. */
#include "tell_json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The length of the UTF-8 sequence that text begins with, 0 if there is none (RFC 3629: no
 * surrogates, nothing longer than needed, nothing above U+10FFFF). */
static size_t utf8_length(const unsigned char *text)
{
	size_t len = text[0] < 0x80   ? 1
		     : text[0] < 0xc2 ? 0
		     : text[0] < 0xe0 ? 2
		     : text[0] < 0xf0 ? 3
				      : 4;

	if (text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return len;
}

/* One character at text as it stands in a string; returns how many bytes of text that were. */
static size_t escape(const unsigned char *text, char out[8])
{
	size_t len = utf8_length(text);

	if (len == 0)
		(void)strcpy(out, "\\ufffd");
	else if (*text == '"' || *text == '\\')
		(void)snprintf(out, 8, "\\%c", *text);
	else if (*text < ' ' || *text == 0x7f)
		(void)snprintf(out, 8, "\\u%04x", *text);
	else
		(void)snprintf(out, 8, "%.*s", (int)len, (const char *)text);
	return len ? len : 1;
}

void tell_json_string(const char *text, char *buf, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t len = 0;
	char out[8];

	buf[len++] = '"';
	while (*at) {
		at += escape(at, out);
		if (len + strlen(out) + 2 > size)
			break;
		(void)strcpy(buf + len, out);
		len += strlen(out);
	}
	buf[len++] = '"';
	buf[len] = '\0';
}

void tell_json_begin(void)
{
	(void)dprintf(STDOUT_FILENO, "{\"checks\":[");
}

void tell_json_check(bool first, const char *name, const char *status, int err, const char *cause,
		     const char *fix)
{
	char name_text[128], cause_text[4096], fix_text[2048];

	tell_json_string(name, name_text, sizeof(name_text));
	tell_json_string(cause, cause_text, sizeof(cause_text));
	tell_json_string(fix, fix_text, sizeof(fix_text));
	(void)dprintf(STDOUT_FILENO,
		      "%s\n{\"check\":%s,\"status\":\"%s\",\"errno\":%d,\"cause\":%s,\"fix\":%s}",
		      first ? "" : ",", name_text, status, err, cause_text, fix_text);
}

void tell_json_end(bool works)
{
	(void)dprintf(STDOUT_FILENO, "\n],\"works\":%s}\n", works ? "true" : "false");
}
