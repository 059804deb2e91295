/* cradle-policy - everything about seccomp policies that needs a library.
 *
 * A program of its own so that cradle, which becomes PID 1, parses no policy and links no library.
 */
#include "cradle.h"
#include "log.h"
#include "verbs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
	const char *name, *synopsis, *about;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "check", "POLICY", "errors, words that never decide, risky calls allowed", verb_check },
	{ "compile", "[-o FILE] [--to FORMAT] POLICY", "into BPF, OCI JSON or pseudo code",
	  verb_compile },
	{ "diff", "A B", "the calls that two policies treat differently", verb_diff },
	{ "groups", "[@GROUP]...", "groups of calls, or the calls of some", verb_groups },
	{ "learn", "-o FILE [--merge] [OPTION]... -- CMD", "write what a run of CMD needs",
	  verb_learn },
	{ "show", "POLICY", "every call with what happens to it", verb_show },
	{ "supervise", "--socket=FD POLICY...", "explain what is denied; cradle starts it",
	  verb_supervise },
	{ NULL, NULL, NULL, NULL },
};

static int print_help(void)
{
	(void)puts("usage: cradle policy VERB [OPTION]... [ARG]...\n");
	for (const struct verb *verb = verbs; verb->name; verb++)
		(void)printf("  %-10s%-37s%s\n", verb->name, verb->synopsis, verb->about);
	(void)puts("\n"
		   "  -h, --help     this text; of a verb: cradle policy VERB --help\n"
		   "  -V, --version  the version");
	return 0;
}

static int print_version(void)
{
	(void)puts("cradle-policy " CRADLE_VERSION);
	return 0;
}

static int unknown_verb(const char *word)
{
	char names[128] = "";
	size_t used = 0;

	for (const struct verb *verb = verbs; verb->name; verb++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, " %s", verb->name);
	if (word)
		log_error("unknown verb %s: expected one of%s", word, names);
	else
		log_error("nothing to do: expected one of%s, see cradle policy --help", names);
	return CRADLE_EXIT_FAILURE;
}

static int run(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word)
		return unknown_verb(NULL);
	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		return print_help();
	if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		return print_version();
	for (const struct verb *verb = verbs; verb->name; verb++) {
		if (!strcmp(verb->name, word))
			return verb->run(argc - 1, argv + 1);
	}
	return unknown_verb(word);
}

/* Only the last write tells whether all went out, so that it is asked here, for every verb. */
static int finish_output(int code)
{
	bool lost = ferror(stdout);

	errno = EIO;
	if (fflush(stdout) == 0 && !lost)
		return code;
	(void)log_errno(-errno, "cannot write to standard output");
	return CRADLE_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	log_set_name("cradle-policy");
	return finish_output(run(argc, argv));
}
