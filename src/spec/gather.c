/* Precedence in one place: what stands nearer to the agent wins. */
#include "front.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The x86 kernel takes 2048 bytes, with a boot config up to 32 KiB more. */
enum { CMDLINE_MAX = 40960 };

/* Returns the text, which keys may point into, so it's never freed; NULL if there is no /proc. */
static char *read_cmdline(void)
{
	char *line = malloc(CMDLINE_MAX);
	ssize_t n = line ? sys_read_file("/proc/cmdline", line, CMDLINE_MAX) : -ENOMEM;

	if (n >= 0)
		return line;
	(void)log_warn_errno((int)n, "cannot read the kernel command line");
	free(line);
	return NULL;
}

/* The kernel puts unknown bare words before those that were written after "--" and drops the
 * "--" itself: only the tail of argv was meant for us. */
static int gather_boot(struct spec *spec, int *argc, char ***argv)
{
	char *line = read_cmdline();
	char *copy = line ? strdup(line) : NULL;
	int bare = copy ? cmdline_bare_words(copy, *argc, *argv) : -ENOENT;
	int err = line ? from_cmdline(spec, line) : 0;

	free(copy);
	if (bare > 0) {
		*argv += bare;
		*argc -= bare;
	}
	if (*argc && !strcmp(**argv, "init")) {
		(*argv)++;
		(*argc)--;
	}
	return err;
}

int gather(struct spec *spec, int argc, char **argv, char ***agent)
{
	int err = 0;
	int at;

	*agent = NULL;
	if (!spec->run.bwrap)
		from_environment(spec);
	if (spec->world == WORLD_VM)
		err = gather_boot(spec, &argc, &argv);
	at = from_argv(spec, argc, argv);
	if (at < 0)
		return at;
	if (at < argc)
		*agent = argv + at;
	return err;
}
