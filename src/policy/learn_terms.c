/* The table of telling arguments, and how a condition on them is written. Pure. */
#include "learn_terms.h"

#include "constants.h"
#include "util.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define ALL UINT64_MAX

/* SOCK_CLOEXEC and SOCK_NONBLOCK stand above the type. */
#define SOCKET_TYPE 0xf

/* CLONE_NEW*, but for CLONE_NEWTIME, which clone(2) doesn't know: that bit is of its signal. */
#define NAMESPACES 0x7e020000

static const struct learn_terms table[] = {
	{ "bpf", { { 0, ALL } }, 1 },
	{ "clone", { { 0, NAMESPACES } }, 1 },
	{ "ioctl", { { 1, ALL } }, 1 },
	{ "keyctl", { { 0, ALL } }, 1 },
	{ "personality", { { 0, ALL } }, 1 },
	{ "prctl", { { 0, ALL } }, 1 },
	{ "ptrace", { { 0, ALL } }, 1 },
	{ "seccomp", { { 0, ALL } }, 1 },
	{ "setns", { { 1, ALL } }, 1 },
	{ "socket", { { 0, ALL }, { 1, SOCKET_TYPE } }, 2 },
	{ "socketpair", { { 0, ALL }, { 1, SOCKET_TYPE } }, 2 },
	{ "unshare", { { 0, ALL } }, 1 },
};

const struct learn_terms *learn_terms(const char *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (!strcmp(table[i].call, call))
			return &table[i];
	}
	return NULL;
}

/* By name if it's flags that all have one. */
static void write_mask(FILE *out, int nr, const struct learn_term *term)
{
	char text[256];

	(void)policy_argument_text(nr, term->arg, term->mask, text, sizeof(text));
	if (isalpha((unsigned char)text[0]) && !strstr(text, "|0x"))
		fprintf(out, " & %s", text);
	else
		fprintf(out, " & 0x%" PRIx64, term->mask);
}

void learn_write_terms(FILE *out, int nr, const struct learn_term *term, unsigned nterms,
		       const uint64_t *value)
{
	char text[256];

	for (unsigned i = 0; i < nterms; i++) {
		fprintf(out, "%sarg%u", i ? " and " : "", term[i].arg);
		if (term[i].mask != ALL)
			write_mask(out, nr, &term[i]);
		fprintf(out, " == %s",
			policy_argument_text(nr, term[i].arg, value[i] & term[i].mask, text,
					     sizeof(text)));
	}
}
