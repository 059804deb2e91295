/* Random trees full of links, and random ways to build a root file system from them. Host only.
 *
 * The same seed makes the same trees and words on every machine.
 */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES_PER_TREE = 14, MADE = NAMES_PER_TREE + 4, MAX_WORDS = 64 };

struct maker {
	uint64_t state;
	const char *dir; /* in it: canary, source, probe, and the trees by number */
	char tree[256];
	char made[MADE][128]; /* below the tree */
	int nmade, link;      /* which is the latest link; -1: none */
	FILE *words;
};

/* xorshift64* */
static unsigned draw(struct maker *m, unsigned below)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (unsigned)((m->state * 2685821657736338717ULL) >> 33) % below;
}

static const char *name(struct maker *m)
{
	static const char *const names[] = { "a",   "b",   "c",   "d",   "dev",  "proc",
					     "tmp", "run", "sys", "etc", "null", "pts" };

	return names[draw(m, sizeof(names) / sizeof(names[0]))];
}

/* A place in the tree, existing or not, through whatever has been made. */
static void place(struct maker *m, char *path, size_t size)
{
	size_t n = 0;

	path[0] = '\0';
	if (m->link >= 0 && draw(m, 2))
		n = (size_t)snprintf(path, size, "/%s", m->made[m->link]);
	else if (m->nmade && draw(m, 4))
		n = (size_t)snprintf(path, size, "/%s", m->made[draw(m, (unsigned)m->nmade)]);
	for (unsigned more = draw(m, 3); n < size && (more > 0 || !n); more -= more > 0)
		n += (size_t)snprintf(path + n, size - n, "/%s", draw(m, 6) ? name(m) : "..");
}

/* What a hostile image would write into a link. */
static void target(struct maker *m, char *text, size_t size)
{
	switch (draw(m, 9)) {
	case 0:
		(void)snprintf(text, size, "%s/canary", m->dir);
		break;
	case 1:
		(void)snprintf(text, size, "%s/canary/%s", m->dir, name(m));
		break;
	case 2:
		(void)snprintf(text, size, "../../../../../../../..%s/canary", m->dir);
		break;
	case 3:
		(void)snprintf(text, size, "../../..");
		break;
	case 4:
		(void)snprintf(text, size, "/%s", name(m));
		break;
	case 5:
		(void)snprintf(text, size, "%s", name(m));
		break;
	case 6:
		(void)snprintf(text, size, "nowhere/%s", name(m));
		break;
	case 7:
		(void)snprintf(text, size, "/proc/self/%s%s", draw(m, 2) ? "root" : "cwd",
			       draw(m, 3) ? m->dir : "");
		if (draw(m, 3))
			(void)strncat(text, "/canary", size - strlen(text) - 1);
		break;
	default:
		place(m, text, size);
	}
}

static void make_name(struct maker *m)
{
	char relative[128], path[512], text[512];
	const char *below = m->nmade && draw(m, 2) ? m->made[draw(m, (unsigned)m->nmade)] : NULL;
	struct stat st;
	int fd;

	(void)snprintf(relative, sizeof(relative), "%s%s%s", below ? below : "", below ? "/" : "",
		       name(m));
	(void)snprintf(path, sizeof(path), "%s/%s", m->tree, relative);
	/* Through a link only the sandbox is to go, not we. */
	(void)snprintf(text, sizeof(text), "%s/%s", m->tree, below ? below : "");
	if (lstat(text, &st) || !S_ISDIR(st.st_mode) || !lstat(path, &st))
		return;
	switch (draw(m, 5)) {
	case 0:
	case 1:
		if (mkdir(path, 0755))
			trouble("cannot make %s", path);
		break;
	case 2:
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 || close(fd))
			trouble("cannot make %s", path);
		break;
	default:
		target(m, text, sizeof(text));
		if (symlink(text, path))
			trouble("cannot make %s", path);
		m->link = m->nmade;
	}
	(void)snprintf(m->made[m->nmade++], sizeof(m->made[0]), "%s", relative);
}

static void word(struct maker *m, const char *text)
{
	(void)fwrite(text, 1, strlen(text) + 1, m->words);
}

/* One option and its words, its destination last or, with chmod, too. */
static void make_option(struct maker *m)
{
	static const struct {
		const char *option;
		char first; /* s: the source directory, f: a file, l: a link's text, 0: stdin, m:
			       mode */
	} options[] = {
		{ "--bind", 's' },    { "--ro-bind", 's' },  { "--bind", 'f' },
		{ "--ro-bind", 'f' }, { "--dev-bind", 's' }, { "--tmpfs", 0 },
		{ "--dir", 0 },       { "--file", '0' },     { "--ro-bind-data", '0' },
		{ "--symlink", 'l' }, { "--proc", 0 },       { "--dev", 0 },
		{ "--mqueue", 0 },    { "--mask", 0 },       { "--mask", '*' },
		{ "--chmod", 'm' },   { "--remount-ro", 0 }, { "--tmp-overlay", 'o' },
	};
	unsigned i = draw(m, sizeof(options) / sizeof(options[0]));
	char path[PATH_MAX], text[PATH_MAX];

	(void)snprintf(text, sizeof(text), "%s/source", m->dir);
	if (options[i].first == 'o') {
		word(m, "--overlay-src");
		word(m, text);
	}
	word(m, options[i].option);
	switch (options[i].first) {
	case 's':
		word(m, text);
		break;
	case 'f':
		(void)strncat(text, "/file", sizeof(text) - strlen(text) - 1);
		word(m, text);
		break;
	case 'l':
		target(m, text, sizeof(text));
		word(m, text);
		break;
	case '0':
		word(m, "0");
		break;
	case 'm':
		word(m, "0701");
		break;
	default:
		break;
	}
	place(m, path, sizeof(path));
	if (options[i].first == '*')
		(void)strncat(path, "*", sizeof(path) - strlen(path) - 1);
	word(m, path);
}

/* The tree is the root, or lies in it; kept, thrown away or read-only. */
static void make_words(struct maker *m)
{
	static const char *const roots[][2] = {
		{ "--root", NULL }, { "--bind", "/" }, { "--ro-bind", "/" }, { "--root", NULL }
	};
	unsigned i = draw(m, 5);

	if (i < 4) {
		word(m, roots[i][0]);
		word(m, m->tree);
		if (roots[i][1])
			word(m, roots[i][1]);
	} else {
		word(m, "--root");
		word(m, "empty");
		word(m, "--bind");
		word(m, m->tree);
		word(m, "/");
	}
	/* Its links lead everywhere. */
	if (draw(m, 2)) {
		word(m, "--proc");
		word(m, "/proc");
	}
	for (unsigned n = 1 + draw(m, 2); n > 0; n--)
		make_option(m);
}

static void make_plain(struct maker *m, const char *relative)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", m->tree, relative);
	if (mkdir(path, 0755))
		trouble("cannot make %s", path);
	(void)snprintf(m->made[m->nmade++], sizeof(m->made[0]), "%s", relative);
}

static void make_tree(struct maker *m, unsigned number)
{
	char path[512], probe[512];

	(void)snprintf(m->tree, sizeof(m->tree), "%s/%u", m->dir, number);
	m->nmade = 0;
	m->link = -1;
	if (mkdir(m->tree, 0755))
		trouble("cannot make %s", m->tree);
	/* What a sandbox wants anyway; without it most were refused for the same reason. */
	for (int i = 0; i < 4; i++) {
		if (draw(m, 10))
			make_plain(m, ((const char *[]){ "dev", "proc", "tmp", "run" })[i]);
	}
	for (int i = 0; i < NAMES_PER_TREE; i++)
		make_name(m);
	(void)snprintf(path, sizeof(path), "%s/probe", m->tree);
	(void)snprintf(probe, sizeof(probe), "%s/probe", m->dir);
	if (link(probe, path))
		trouble("cannot make %s", path);
	(void)snprintf(path, sizeof(path), "%s.words", m->tree);
	m->words = fopen(path, "we");
	if (!m->words)
		trouble("cannot make %s", path);
	make_words(m);
	(void)fclose(m->words);
}

/* The options of a tree, read back: a word is ended by a NUL byte. */
static void read_words(const char *path, char *text, size_t size, char **argv)
{
	FILE *file = fopen(path, "re");
	size_t n = file ? fread(text, 1, size - 1, file) : 0;

	if (!file || n == size - 1)
		trouble("cannot read %s", path);
	(void)fclose(file);
	text[n] = '\0';
	for (char *word = text; word < text + n; word += strlen(word) + 1)
		*argv++ = word;
	*argv = NULL;
}

_Noreturn static void become_cradle(const char *dir, unsigned number, char **cradle, int out)
{
	static char text[8192], path[512];
	char *argv[MAX_WORDS + 8] = { cradle[0], cradle[1] };
	int n = 2;

	(void)snprintf(path, sizeof(path), "%s/%u.words", dir, number);
	read_words(path, text, sizeof(text), argv + n);
	while (argv[n])
		n++;
	(void)snprintf(path, sizeof(path), "%s/canary/secret", dir);
	argv[n++] = (char *)"--";
	argv[n++] = (char *)"/probe";
	argv[n++] = (char *)"try";
	argv[n++] = (char *)"read";
	argv[n++] = path;
	argv[n] = NULL;
	if (dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(PROBE_TROUBLE);
	alarm(20);
	if (chdir("/"))
		_exit(PROBE_TROUBLE);
	execv(cradle[0], argv);
	_exit(PROBE_TROUBLE);
}

/* build COUNT DIR CRADLE run|bwrap: a sandbox from each, one after the other; "N STATUS LINE",
 * where the last is what it said first */
int verb_build(int argc, char **argv)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)argc;
	if (null < 0 || dup2(null, 0) < 0)
		return -1;
	for (unsigned i = 0; i < (unsigned)number(argv[0]); i++) {
		char text[4096];
		ssize_t n, len = 0;
		int status, fds[2];
		pid_t pid;

		if (pipe2(fds, O_CLOEXEC) || (pid = fork()) < 0)
			return -1;
		if (pid == 0)
			become_cradle(argv[1], i, argv + 2, fds[1]);
		close(fds[1]);
		while ((n = read(fds[0], text + len, sizeof(text) - 1 - (size_t)len)) > 0)
			len += n;
		close(fds[0]);
		text[len] = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (waitpid(pid, &status, 0) != pid)
			return -1;
		say("%u %d %s", i,
		    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), text);
	}
	return 0;
}

/* links SEED COUNT DIR: trees DIR/0... with DIR/N.words, the options of cradle run, each ended by a
 * NUL byte. DIR has canary, source and probe already. */
int verb_links(int argc, char **argv)
{
	struct maker m = { .state = (uint64_t)number(argv[0]) * 2 + 1, .dir = argv[2] };

	(void)argc;
	for (unsigned i = 0; i < (unsigned)number(argv[1]); i++)
		make_tree(&m, i);
	return 0;
}
