/* decode_kinds.h - how one argument is written, by kind. Used by decode.c only. */
#ifndef POLICY_DECODE_KINDS_H
#define POLICY_DECODE_KINDS_H

#include "decode.h"

/* A printer writes argument `arg` of the call. */
typedef void decode_printer(FILE *out, const struct decode_call *call,
			    const struct decode_argument *kind, unsigned arg);

/* decode_flags.c: numbers alone; nothing is read from the process. */
decode_printer decode_one, decode_flags, decode_open, decode_map, decode_protocol, decode_mode,
	decode_signal, decode_device;

/* decode_memory.c: what a pointer points at; the pointer itself where that can't be read. */
decode_printer decode_path, decode_strings, decode_open_how, decode_clone_args;

/* decode_socket.c */
decode_printer decode_address, decode_msghdr;

/* The names of the bits, joined by |; what has no name as one number. */
void decode_names(FILE *out, const char *names, uint64_t value);

void decode_pointer(FILE *out, uint64_t address);

/* Unprintable bytes and all beyond ASCII as \xNN; decode_quote() puts quotes around. */
void decode_escape(FILE *out, const char *bytes, size_t len);
void decode_quote(FILE *out, const char *bytes, size_t len);

/* {AF_INET, 10.0.0.1:80}; len: how much of the address there is. */
void decode_sockaddr(FILE *out, const void *address, size_t len);

#endif
