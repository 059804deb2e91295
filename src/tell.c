/* Help, version, licence. May only write to fd 1, and to stderr that it failed. */
#include "tell.h"

#include "helper.h"
#include "keys.h"
#include "log.h"
#include "util.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BWRAP_VERSION "0.11.0"

/* Of the last write: what fails before it fails there, too. Returns the exit code. */
static int told(int n)
{
	if (n >= 0)
		return 0;
	(void)log_errno(-errno, "cannot write to standard output");
	return CRADLE_EXIT_FAILURE;
}

static int print_version(void)
{
	static const char *const helpers[] = { "initramfs", "net", "policy", "vm" };
	char path[PATH_MAX];
	int n = 0;

	(void)dprintf(STDOUT_FILENO, "cradle %s (%s, %s)\n", CRADLE_VERSION, BUILD_LIBC,
		      BUILD_LINK);
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		n = dprintf(STDOUT_FILENO, "cradle-%s: %s\n", helpers[i],
			    helper_find(helpers[i], path, sizeof(path)) ? "not found" : path);
	return told(n);
}

static int print_verb(enum verb verb)
{
	static const char *const head[] = {
		[VERB_INIT] = "init [OPTIONS] [--] AGENT [ARG...]\n"
			      "Be init here: PID 1, or a subreaper.",
		[VERB_RUN] = "run [OPTIONS] [--] AGENT [ARG...]\n"
			     "Run AGENT in a sandbox, without root, and be init there.",
		[VERB_ENTER] = "enter [OPTIONS] SANDBOX|PID [--] AGENT [ARG...]\n"
			       "Run AGENT in a sandbox that is there: by the name it was given, "
			       "the pid of its\ncradle run, or of any process inside.",
	};

	(void)dprintf(STDOUT_FILENO, "Usage: cradle %s\n\n", head[verb]);
	keys_help(verb);
	return told(
		dprintf(STDOUT_FILENO,
			"\n  -l, --license, -h, --help, -V, --version\n\n"
			"Exit code: the agent's; 128+N if signal N killed it; 125 cradle failed, "
			"126 the agent\ncan't be executed, 127 it wasn't found.\n"));
}

static int print_help(enum verb verb)
{
	if (verb)
		return print_verb(verb);
	return told(dprintf(STDOUT_FILENO,
			    "Usage: cradle COMMAND [OPTIONS] [--] ...\n\n"
			    "  init      be init here: PID 1, or a subreaper\n"
			    "  run       run a program in a sandbox, without root\n"
			    "  bwrap     the same as bubblewrap would, by its options\n"
			    "  enter     run a command in a sandbox that is there\n"
			    "  doctor    say whether sandboxes work here, and what would mend it\n"
			    "  net       set up network interfaces\n"
			    "  policy    compile, check, compare and learn seccomp policies\n"
			    "  initramfs build an initramfs of cradle and an agent\n"
			    "  vm        boot one in QEMU and exit with the agent's code\n\n"
			    "As PID 1, and with options or a path first, init is what runs.\n"
			    "cradle COMMAND --help tells a command's options.\n"));
}

static int print_license(void)
{
	return told(dprintf(STDOUT_FILENO,
			    "cradle is free software under the MIT license "
			    "(SPDX-License-Identifier: MIT); there is no warranty.\n"));
}

/* The version whose options these are: who asks for it wants to know what he may use, and takes the
 * last word of the line for it. */
static int print_bwrap_version(void)
{
	return told(dprintf(STDOUT_FILENO, "bubblewrap %s\n", BWRAP_VERSION));
}

static int print_bwrap_help(void)
{
	(void)dprintf(
		STDOUT_FILENO,
		"usage: bwrap [OPTIONS...] [--] COMMAND [ARGS...]\n\n"
		"cradle %s with the options, meanings and exit codes of bubblewrap %s. It "
		"starts with an\nempty root; nothing is unshared but what is asked for, and a "
		"user namespace.\n\n",
		CRADLE_VERSION, BWRAP_VERSION);
	keys_help(VERB_RUN);
	return told(dprintf(STDOUT_FILENO, "  -h, --help, -V, --version\n"));
}

int tell_bwrap(const char *word)
{
	int code;

	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		code = print_bwrap_help();
	else if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		code = print_bwrap_version();
	else
		code = print_license();
	return code ? 1 : 0;
}

int tell(enum verb verb, const char *word)
{
	if (!word)
		return -1;
	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		return print_help(verb);
	if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		return print_version();
	if (!strcmp(word, "-l") || !strcmp(word, "--license"))
		return print_license();
	return -1;
}
