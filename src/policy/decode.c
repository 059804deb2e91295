/* One call as a line of text. May read the process's memory; may not decide anything by it. */
#include "decode.h"

#include "constants.h"
#include "decode_kinds.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENT_TEXT = 320 };

static void write_pointer(FILE *out, const struct decode_call *call,
			  const struct decode_argument *kind, unsigned arg)
{
	(void)kind;
	decode_pointer(out, call->arg[arg]);
}

static void write_number(FILE *out, const struct decode_call *call,
			 const struct decode_argument *kind, unsigned arg)
{
	(void)kind;
	fprintf(out, "%d", (int)call->arg[arg]);
}

static void write_named(FILE *out, const struct decode_call *call,
			const struct decode_argument *kind, unsigned arg)
{
	char text[ARGUMENT_TEXT - 2]; /* write_argument() has no room for more */

	(void)kind;
	fputs(policy_argument_text(call->nr, arg, call->arg[arg], text, sizeof(text)), out);
}

static void write_size(FILE *out, const struct decode_call *call,
		       const struct decode_argument *kind, unsigned arg)
{
	(void)kind;
	fprintf(out, "%" PRIu64, call->arg[arg]);
}

static void write_hex(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		      unsigned arg)
{
	(void)kind;
	fprintf(out, call->arg[arg] < 10 ? "%" PRIu64 : "0x%" PRIx64, call->arg[arg]);
}

/* 3</dev/tty>: what the number stands for, if /proc tells. */
static void write_fd(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		     unsigned arg)
{
	int fd = (int)call->arg[arg];
	char link[64], path[256];
	ssize_t n = -1;

	if (kind->kind == DECODE_DIRFD && fd == AT_FDCWD) {
		fputs("AT_FDCWD", out);
		return;
	}
	fprintf(out, "%d", fd);
	(void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)call->pid, fd);
	if (fd >= 0)
		n = readlink(link, path, sizeof(path));
	if (n <= 0)
		return;
	fputc('<', out);
	decode_escape(out, path, (size_t)n);
	fputc('>', out);
}

static decode_printer *const printers[DECODE_KINDS] = {
	[DECODE_POINTER] = write_pointer,
	[DECODE_NUMBER] = write_number,
	[DECODE_SIZE] = write_size,
	[DECODE_PID] = write_number,
	[DECODE_FD] = write_fd,
	[DECODE_DIRFD] = write_fd,
	[DECODE_NAMED] = write_named,
	[DECODE_ONE] = decode_one,
	[DECODE_FLAGS] = decode_flags,
	[DECODE_ID] = write_number,
	[DECODE_HEX] = write_hex,
	[DECODE_MODE] = decode_mode,
	[DECODE_OPEN_MODE] = decode_mode,
	[DECODE_PATH] = decode_path,
	[DECODE_STRING] = decode_path,
	[DECODE_STRINGS] = decode_strings,
	[DECODE_SIGNAL] = decode_signal,
	[DECODE_DEVICE] = decode_device,
	[DECODE_OPEN] = decode_open,
	[DECODE_OPEN_HOW] = decode_open_how,
	[DECODE_CLONE_ARGS] = decode_clone_args,
	[DECODE_MAP] = decode_map,
	[DECODE_PROTOCOL] = decode_protocol,
	[DECODE_SOCKADDR] = decode_address,
	[DECODE_MSGHDR] = decode_msghdr,
};

/* fmemopen(3) cuts at the buffer's end, and keeps a NUL there. */
static void write_argument(char text[ARGUMENT_TEXT], const struct decode_call *call,
			   const struct decode_argument *kind, unsigned arg)
{
	FILE *out = fmemopen(text, ARGUMENT_TEXT - 1, "w");

	text[0] = text[ARGUMENT_TEXT - 1] = '\0';
	if (!out)
		return;
	printers[kind->kind](out, call, kind, arg);
	(void)fclose(out);
}

static void append(char text[DECODE_TEXT], const char *more)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, DECODE_TEXT - len, "%s", more);
}

/* The kernel doesn't look at what is left in the register: build_open_flags(). */
static bool is_given(const struct decode_call *call, const struct decode_argument *kind,
		     unsigned arg)
{
	if (kind->kind == DECODE_OPEN_MODE)
		return call->arg[arg - 1] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
	return kind->kind != DECODE_NONE;
}

/* Where nothing is known of the arguments they are all shown: they may be what matters. */
static const struct decode_argument unknown[DECODE_ARGS] = {
	{ DECODE_POINTER, NULL }, { DECODE_POINTER, NULL }, { DECODE_POINTER, NULL },
	{ DECODE_POINTER, NULL }, { DECODE_POINTER, NULL }, { DECODE_POINTER, NULL },
};

void decode(const struct decode_call *call, char text[DECODE_TEXT], char key[DECODE_TEXT])
{
	const struct decode_argument *kind = call->name ? decode_arguments(call->name) : NULL;
	char word[ARGUMENT_TEXT];

	if (call->name)
		(void)snprintf(text, DECODE_TEXT, "%s", call->name);
	else
		(void)snprintf(text, DECODE_TEXT, "call %d", call->number);
	(void)snprintf(key, DECODE_TEXT, "%s", text);
	if (!kind)
		kind = unknown;
	append(text, "(");
	for (unsigned arg = 0; arg < DECODE_ARGS && is_given(call, &kind[arg], arg); arg++) {
		write_argument(word, call, &kind[arg], arg);
		append(text, arg ? ", " : "");
		append(text, word);
		if (kind[arg].kind < DECODE_NAMED)
			continue;
		append(key, " ");
		append(key, word);
	}
	append(text, ")");
}
