/* Arguments that point at something. May read the process's memory. */
#include "decode_kinds.h"

#include "supervise_memory.h"

#include <inttypes.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <string.h>

enum { STRING = 256, STRINGS = 5 };

void decode_pointer(FILE *out, uint64_t address)
{
	if (address)
		fprintf(out, "0x%" PRIx64, address);
	else
		fputs("NULL", out);
}

void decode_escape(FILE *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte >= ' ' && byte < 0x7f)
			fputc(byte, out);
		else
			fprintf(out, "\\x%02x", byte);
	}
}

void decode_quote(FILE *out, const char *bytes, size_t len)
{
	fputc('"', out);
	decode_escape(out, bytes, len);
	fputc('"', out);
}

static void write_string(FILE *out, const struct decode_call *call, uint64_t address)
{
	char text[STRING];
	ssize_t n = address ? target_read_string(call->pid, address, text, sizeof(text)) : -1;

	if (n < 0) {
		decode_pointer(out, address);
		return;
	}
	decode_quote(out, text, (size_t)n);
	if (n == STRING - 1)
		fputs("...", out);
}

void decode_path(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		 unsigned arg)
{
	(void)kind;
	write_string(out, call, call->arg[arg]);
}

/* A pointer of the process's own width. False: not to be read. */
static bool read_pointer(const struct decode_call *call, uint64_t address, uint64_t *value)
{
	size_t size = call->narrow ? sizeof(uint32_t) : sizeof(uint64_t);
	uint32_t narrow;

	if (target_read(call->pid, address, call->narrow ? (void *)&narrow : value, size) !=
	    (ssize_t)size)
		return false;
	if (call->narrow)
		*value = narrow;
	return true;
}

void decode_strings(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		    unsigned arg)
{
	uint64_t step = call->narrow ? sizeof(uint32_t) : sizeof(uint64_t);
	uint64_t string;

	(void)kind;
	if (!read_pointer(call, call->arg[arg], &string)) {
		decode_pointer(out, call->arg[arg]);
		return;
	}
	fputc('[', out);
	for (unsigned i = 0; string && i < STRINGS; i++) {
		fputs(i ? ", " : "", out);
		write_string(out, call, string);
		if (!read_pointer(call, call->arg[arg] + (i + 1) * step, &string))
			break;
	}
	fputs(string ? ", ...]" : "]", out);
}

void decode_open_how(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		     unsigned arg)
{
	struct decode_call how = *call;
	struct open_how in;

	if (target_read(call->pid, call->arg[arg], &in, sizeof(in)) != sizeof(in)) {
		decode_pointer(out, call->arg[arg]);
		return;
	}
	how.arg[0] = in.flags;
	how.arg[1] = in.mode;
	fputc('{', out);
	decode_open(out, &how, kind, 0);
	if (in.mode) {
		fputs(", ", out);
		decode_mode(out, &how, kind, 1);
	}
	if (in.resolve) {
		fputs(", ", out);
		decode_names(out, "RESOLVE_", in.resolve);
	}
	fputc('}', out);
}

void decode_clone_args(FILE *out, const struct decode_call *call,
		       const struct decode_argument *kind, unsigned arg)
{
	struct decode_call flags = *call;
	struct clone_args in;

	if (target_read(call->pid, call->arg[arg], &in, CLONE_ARGS_SIZE_VER0) !=
	    CLONE_ARGS_SIZE_VER0) {
		decode_pointer(out, call->arg[arg]);
		return;
	}
	/* Here the signal has a place of its own, and CLONE_NEWTIME stands where it used to be. */
	fputc('{', out);
	decode_names(out, "CLONE_ -CLONE_ARGS_", in.flags);
	if (in.exit_signal) {
		flags.arg[0] = in.exit_signal;
		fputs(", ", out);
		decode_signal(out, &flags, kind, 0);
	}
	fputc('}', out);
}
