/* escape.h - what the files of the probe share that try to get out of a sandbox. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "probe.h"

/* escape.c: "EPERM"; a number for what isn't in the table. */
const char *error_name(int err);
/* escape.c: one fact: key=ok, or key=E... from errno if rc is -1. A descriptor is closed. */
void fact(const char *key, long rc);
void fact_fd(const char *key, int fd);

/* escape_calls.c, escape_init.c, escape_tree.c, escape_ipc.c: groups of facts */
void calls_facts(void);
void init_facts(void);
void rights_facts(void);
void tree_facts(void);
void reach_facts(void);

/* escape_tree.c: every file below a path, links not followed; stops when it returns false. */
typedef bool walk_fn(const char *path, int type, void *arg);
void walk(const char *path, walk_fn *each, void *arg);

#endif
