/* How cradle-policy is called. May look for it and become it. */
#include "compiler.h"

#include "capability.h"
#include "cradle.h"
#include "helper.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <unistd.h>

extern char **environ;

int compiler_begin(struct compiler *c, const char *verb)
{
	c->n = 0;
	if (helper_find("policy", c->path, sizeof(c->path)) < 0)
		return -ENOENT;
	compiler_add(c, "cradle-policy");
	compiler_add(c, verb);
	return 0;
}

void compiler_add(struct compiler *c, const char *word)
{
	if (c->n < COMPILER_WORDS - 1)
		c->argv[c->n++] = (char *)word;
	c->argv[c->n] = NULL;
}

void compiler_add_caps(struct compiler *c, uint64_t caps)
{
	for (unsigned i = 0; i < COMPILER_CAPS; i++) {
		if (!(caps >> i & 1) || !capability_name(i))
			continue;
		compiler_add(c, "--cap");
		compiler_add(c, capability_name(i));
	}
}

_Noreturn void compiler_become(struct compiler *c)
{
	sys_sigmask(0, NULL);
	(void)execve(c->path, c->argv, environ);
	/* It was found, so what isn't there is what it needs. */
	(void)log_errno(-errno, "cannot execute %s%s", c->path,
			errno == ENOENT ? " (its loader isn't here: bring its libraries, as "
					  "cradle initramfs --file does)"
					: "");
	_exit(CRADLE_EXIT_CANNOT_EXEC);
}
