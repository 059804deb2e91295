/* decode.h - a call's arguments for people: names instead of numbers, paths, addresses.
 *
 * Which argument is what stands in one table, decode_table.c. Whatever a process chose is escaped,
 * for what is printed here ends at a terminal.
 */
#ifndef POLICY_DECODE_H
#define POLICY_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { DECODE_ARGS = 6, DECODE_TEXT = 1024 };

enum decode_kind {
	DECODE_NONE, /* no such argument */
	DECODE_POINTER,
	DECODE_NUMBER,
	DECODE_SIZE,
	DECODE_PID,
	DECODE_FD,
	DECODE_DIRFD,
	/* Those above differ from call to call without meaning much; those from here on are what a
	 * denial is about, and make another one of it. */
	DECODE_NAMED, /* as policies write it: policy_argument_text() */
	DECODE_ONE,   /* one of the names that begin with .names */
	DECODE_FLAGS, /* several of them */
	DECODE_ID,
	DECODE_HEX,
	DECODE_MODE,
	DECODE_OPEN_MODE, /* read only if the flags before it make a file */
	DECODE_PATH,
	DECODE_STRING,
	DECODE_STRINGS, /* argv */
	DECODE_SIGNAL,
	DECODE_DEVICE,
	DECODE_OPEN,
	DECODE_OPEN_HOW,
	DECODE_CLONE_ARGS,
	DECODE_MAP,
	DECODE_PROTOCOL, /* of the family two arguments before it */
	DECODE_SOCKADDR, /* its length is the next argument */
	DECODE_MSGHDR,
	DECODE_KINDS
};

struct decode_argument {
	enum decode_kind kind;
	const char *names; /* prefixes as policy_constant_name() takes them */
};

/* A call as seccomp(2) notifies of it. */
struct decode_call {
	pid_t pid;        /* the thread, as this process sees it */
	const char *name; /* NULL: nobody has a name for it */
	int nr;
	int number; /* the caller's, of its architecture: all there is to show without a name */
	uint64_t arg[DECODE_ARGS];
	bool narrow; /* of an architecture with 32-bit pointers */
};

/* The kinds of a call's arguments; NULL: nothing is known of it. */
const struct decode_argument *decode_arguments(const char *name);

/* "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)" into text, and into key what tells this call from
 * others that deserve a line of their own. Both are cut where they have no room. */
void decode(const struct decode_call *call, char text[DECODE_TEXT], char key[DECODE_TEXT]);

#endif
