/* front.h - the front ends: they only cut text into key and value. */
#ifndef SPEC_FRONT_H
#define SPEC_FRONT_H

#include "spec.h"

/* Options of argv[0..argc-1], up to "--" or the first word that isn't one. Returns the index of
 * the word after them (argc if none), or -EINVAL after saying what is wrong. */
int from_argv(struct spec *spec, int argc, char **argv);

/* --args FD: options cut by NUL bytes. --config FILE: an option a line, without its dashes. Both
 * stand for the options they hold. NULL, or what was expected; "" when that was said already. */
const char *from_fd(struct spec *spec, const char *value);
const char *from_file(struct spec *spec, const char *value);

/* TINI_SUBREAPER, TINI_VERBOSITY, TINI_KILL_PROCESS_GROUP. */
void from_environment(struct spec *spec);

/* Cut the next word off a kernel command line, as lib/cmdline.c: next_arg() does: double quotes
 * keep blanks and vanish. *value is NULL without '='. Returns false at the end. Changes the text.
 */
bool cmdline_next(char **cursor, char **name, char **value);

/* All `cradle.NAME=VALUE` words of the line (kept and changed) before "--". An unknown name is a
 * warning; 0 or -EINVAL. */
int from_cmdline(struct spec *spec, char *line);

/* How many of argv's first words the kernel put there because it knew them not, before those that
 * were written after "--". -EINVAL: this argv isn't the kernel's, but of somebody who executed us.
 * Changes the line. */
int cmdline_bare_words(char *line, int argc, char **argv);

/* Everything in its order of precedence: environment, kernel command line (VM), argv.
 * argv is without the program's name. *agent becomes the agent's argv; NULL if there is none.
 * All sources are read even after an error, so that --on-failure= holds. 0 or -EINVAL. */
int gather(struct spec *spec, int argc, char **argv, char ***agent);

#endif
