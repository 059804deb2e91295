/* The plan in the order in which it is carried out. May write to the descriptor it is given. */
#include "dump.h"

#include "capability.h"
#include "keys.h"
#include "log.h"
#include "namespaces.h"
#include "util.h"
#include "words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 1 << 16 };

struct writer {
	int fd, err;
	char *line; /* of LINE bytes */
};

static void put(struct writer *w, const char *text, size_t len)
{
	for (ssize_t n; len && !w->err; text += n, len -= (size_t)n) {
		n = write(w->fd, text, len);
		if (n < 0)
			w->err = -errno;
	}
}

__attribute__((format(printf, 2, 3))) static void say(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->line, LINE, fmt, ap);
	va_end(ap);
	put(w, w->line, (size_t)n);
	put(w, "\n", 1);
}

/* A name and the words after it. */
static void say_words(struct writer *w, const char *name, const char *const *word, unsigned n)
{
	size_t len = words_put(w->line, LINE, 0, name);

	for (unsigned i = 0; i < n && len < LINE; i++)
		len = words_put(w->line, LINE, len, word[i]);
	if (len >= LINE) {
		w->err = w->err ? w->err : -E2BIG;
		return;
	}
	w->line[len++] = '\n';
	put(w, w->line, len);
}

static void say_word(struct writer *w, const char *name, const char *word)
{
	say_words(w, name, &word, 1);
}

/* mnt is always one of its own. A namespace that is joined was named by an option. */
static void say_namespaces(struct writer *w, const struct spec_ns *ns)
{
	say(w, "# namespaces");
	for (unsigned i = 0; i < NS_KINDS; i++) {
		bool own = ns->unshare >> i & 1;

		if (i == NS_MNT)
			continue;
		if (own)
			say(w, "unshare-%s%s", ns_name(i), ns->try_ >> i & 1 ? "-try" : "");
		else if (i != NS_TIME)
			say(w, "share-%s", ns_name(i));
	}
}

static void say_ids(struct writer *w, const struct spec_ids *ids)
{
	if (ids->uid_given)
		say(w, "uid %u", ids->uid);
	if (ids->gid_given)
		say(w, "gid %u", ids->gid);
}

/* Of what isn't asked for, only a comment: it comes by itself. */
static void say_op(struct writer *w, const struct plan *plan, const struct op *op)
{
	const char *line = op_line(plan, op, w->line, LINE);

	if (!line) {
		w->err = w->err ? w->err : -E2BIG;
		return;
	}
	while (*line) {
		size_t len = strcspn(line, "\n");

		if ((op->flags & OP_DEFAULT) && !plan->no_defaults)
			put(w, "# ", 2);
		put(w, line, len);
		put(w, "\n", 1);
		line += len + (line[len] == '\n');
	}
}

static void say_root(struct writer *w, const struct plan *plan)
{
	say(w, "# root file system");
	/* Where there are no defaults, a directory as root is one of the operations. */
	if (plan->root == ROOT_EMPTY || plan->no_defaults)
		say(w, "root empty");
	else if (plan->root == ROOT_DIR)
		say_word(w, "root", plan->dir);
	else if (!plan->has_root_op)
		say(w, "# the tree of the host, %s",
		    plan->root_overlay ? "writes are thrown away" : "read-only");
	if (plan->root_overlay)
		say(w, "overlay-tmp-root");
	for (unsigned i = 0; i < plan->nops; i++)
		say_op(w, plan, &plan->op[i]);
}

static bool is_told_apart(const char *name)
{
	static const char list[] =
		"root,overlay-tmp-root,uid,gid,cap-add,cap-drop,cap-keep,setenv,unsetenv,clearenv,"
		"args,"
		"config,dry-run,tty,new-session,die-with-parent,as-pid-1,no-new-privs,"
		"keep-keyring,inherit-fds,leftovers,seccomp,add-seccomp-fd";

	return util_in_list(list, name) || util_after(name, "unshare-") ||
	       util_after(name, "share-");
}

/* Network, limits, life cycle: as given, in that order. */
static void say_given(struct writer *w, const struct given *given)
{
	bool begun = false;

	for (unsigned i = 0; i < given->n; i++) {
		const struct given_option *option = &given->option[i];

		if (is_told_apart(option->key->name))
			continue;
		if (!begun)
			say(w, "# as given");
		begun = true;
		if (option->key->arg)
			say_words(w, option->key->name, option->word, key_nwords(option->key));
		else
			say(w, "%s = %s", option->key->name, option->word[0]);
	}
}

static void say_flag(struct writer *w, const char *name, bool on)
{
	say(w, "%s%s", name, on ? "" : " = 0");
}

static void say_life(struct writer *w, const struct spec *spec)
{
	static const char *const ttys[] = { "pty", "inherit", "new-session" };
	static const char *const leftovers[] = { "kill", "term", "wait" };
	const struct spec_run *run = &spec->run;

	say(w, "# life");
	if (run->tty_given || run->bwrap)
		say(w, "tty %s", ttys[run->tty]);
	if (spec->leftovers_given)
		say(w, "leftovers %s", leftovers[spec->core.leftovers]);
	say_flag(w, "die-with-parent", run->die_with_parent);
	if (run->ns.unshare >> NS_PID & 1)
		say_flag(w, "as-pid-1", run->as_pid_1);
}

static void say_confinement(struct writer *w, const struct spec_confine *confine)
{
	say(w, "# confinement");
	say_flag(w, "no-new-privs", !confine->gain_privileges);
	say_flag(w, "keep-keyring", confine->keep_keyring);
	say_flag(w, "inherit-fds", confine->inherit_fds);
	say(w, "cap-drop ALL");
	for (unsigned i = 0; i < 64; i++) {
		if ((confine->caps >> i & 1) && capability_name(i))
			say(w, "cap-add %s", capability_name(i));
	}
}

static void say_policies(struct writer *w, const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->seccomp;
	bool many = spec->run.bwrap && !seccomp->one;

	for (unsigned i = 0; i < seccomp->n; i++)
		say_word(w, many ? "add-seccomp-fd" : "seccomp", seccomp->policy[i].name);
	/* Said always, as it isn't the default everywhere. */
	if (!seccomp->n)
		say(w, "seccomp none");
}

static void say_environment(struct writer *w, const struct spec_env *env)
{
	if (env->nchanges)
		say(w, "# environment");
	for (unsigned i = 0; i < env->nchanges; i++) {
		const struct env_change *c = &env->change[i];
		const char *const word[] = { c->name, c->value };

		if (!c->name)
			say(w, "clearenv");
		else
			say_words(w, c->value ? "setenv" : "unsetenv", word, c->value ? 2 : 1);
	}
}

int dump(const struct spec *spec, int fd)
{
	struct writer w = { .fd = fd, .line = malloc(LINE) };
	const struct spec_run *run = &spec->run;

	if (!w.line)
		return log_errno(-ENOMEM, "cannot print the plan");
	say_namespaces(&w, &run->ns);
	say_ids(&w, &run->ids);
	say_root(&w, &run->plan);
	say_given(&w, &run->given);
	say_life(&w, spec);
	say_confinement(&w, &run->confine);
	say_policies(&w, spec);
	say_environment(&w, &run->env);
	free(w.line);
	return w.err ? log_errno(w.err, "cannot print the plan") : 0;
}
