/* compiler.h - the command line of cradle-policy. */
#ifndef STAGE_COMPILER_H
#define STAGE_COMPILER_H

#include "sandbox.h"

#include <limits.h>
#include <stdint.h>

enum { COMPILER_CAPS = 64, COMPILER_WORDS = 2 * COMPILER_CAPS + 32 };

struct compiler {
	char path[PATH_MAX];
	char *argv[COMPILER_WORDS];
	unsigned n;
};

/* -ENOENT: there is none. */
int compiler_begin(struct compiler *c, const char *verb);
void compiler_add(struct compiler *c, const char *word);
/* The agent's capabilities count: what one is for is allowed to who keeps it. */
void compiler_add_caps(struct compiler *c, uint64_t caps);
/* In a child. */
_Noreturn void compiler_become(struct compiler *c);

#endif
