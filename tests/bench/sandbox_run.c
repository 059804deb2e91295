/* One launch of one sandbox launcher. Runs as the normal user, who is the subreaper of what
 * launchers leave behind. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sandbox.h"

static void add(struct command *c, char *word)
{
	if (c->nwords < WORDS_MAX - 1)
		c->word[c->nwords++] = word;
}

/* The directory is put in place of DIR wherever a word begins with it. */
static void add_words(const struct sandbox *s, struct command *c, const char *words, char **at)
{
	while (*words) {
		size_t n = strcspn(words, " ");
		bool dir = !strncmp(words, "DIR", 3);

		add(c, *at);
		if (n)
			*at += sprintf(*at, "%s%.*s", dir ? s->dir : "", (int)n - (dir ? 3 : 0),
				       words + (dir ? 3 : 0)) +
			       1;
		words += n;
		words += strspn(words, " ");
	}
}

static void add_binds(const struct sandbox *s, const struct launcher *l, struct command *c,
		      unsigned n, char **at)
{
	char line[64];

	if (!l->prefix) {
		snprintf(line, sizeof(line), "-b %u DIR/source", n);
		add_words(s, c, line, at);
	}
	for (unsigned i = 0; l->prefix && i < n; i++) {
		snprintf(line, sizeof(line), "%s DIR/source /tmp/%u", l->prefix, i);
		add_words(s, c, line, at);
	}
}

static char *begin(struct command *c)
{
	c->nwords = 0;
	return c->text = malloc(128 * WORDS_MAX);
}

int command_parse(const struct sandbox *s, const char *words, struct command *c)
{
	char *at = begin(c);

	if (!at)
		return -ENOMEM;
	add_words(s, c, words, &at);
	c->word[c->nwords] = NULL;
	return 0;
}

int command_make(const struct sandbox *s, unsigned launcher, enum shape shape, struct command *c)
{
	const struct launcher *l = &s->launcher[launcher];
	char *at = begin(c);

	if (!at)
		return -ENOMEM;
	add_words(s, c, l->words[shape], &at);
	if (shape == BINDS_100 || shape == BINDS_1000)
		add_binds(s, l, c, shape == BINDS_100 ? 100 : BINDS_MAX, &at);
	if (l->end) {
		bool moved = shape == PRIVATE && l->role != ROLE_BARE;

		add_words(s, c, l->end, &at);
		add_words(s, c, moved ? "/bench/agent" : "DIR/agent", &at);
		add_words(s, c, s->verb, &at);
	}
	c->word[c->nwords] = NULL;
	return 0;
}

void command_free(struct command *c)
{
	free(c->text);
}

struct start {
	const struct sandbox *sandbox;
	const struct command *command;
	int errors, err;
};

/* On the bench's memory, as in launch.c. */
static int child(void *arg)
{
	struct start *start = arg;
	const struct sandbox *s = start->sandbox;

	if (dup2(s->null, 0) < 0 || dup2(s->output, 1) < 0 || dup2(start->errors, 2) < 0 ||
	    dup2(s->filter, FILTER_FD) < 0)
		start->err = -errno;
	else
		execvpe(start->command->word[0], start->command->word, s->environment);
	start->err = -errno;
	_exit(127);
}

int sandbox_start(const struct sandbox *s, const struct command *c, int errors, pid_t *pid)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct start start = { .sandbox = s, .command = c, .errors = errors };

	/* Each launcher reads the filter to its end, through the same open file. */
	lseek(s->filter, 0, SEEK_SET);
	*pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
	if (*pid < 0)
		return -errno;
	if (start.err)
		waitpid(*pid, NULL, 0);
	return start.err;
}

/* Launchers may hand over the exit status before their sandbox is gone. What is left of it is
 * nobody's next launch's business. */
void sandbox_drain(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

int sandbox_once(const struct sandbox *s, const struct command *c, int errors, double *us)
{
	uint64_t start = now_ns();
	int status, err;
	pid_t pid;

	err = sandbox_start(s, c, errors, &pid);
	if (err)
		return err;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	*us = (double)(now_ns() - start) / 1e3;
	sandbox_drain();
	return status;
}
