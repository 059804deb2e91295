/* probe - the agent that the tests run: does what its words say and prints facts.
 *
 *   probe VERB [ARG...] [+ VERB [ARG...]]...
 *
 * It is static and needs no shell, so the same words work in a namespace, a container and a VM.
 * Facts are key=value lines on stdout. Exit code 0 unless a verb says otherwise.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int probe_out = STDOUT_FILENO;

static verb_fn verb_number, verb_spawn, verb_exit, verb_print, verb_error, verb_exec, verb_to,
	verb_hang, verb_wait_line, verb_wait_file, verb_do, verb_attempt;

struct verb {
	const char *name;
	verb_fn *run;
	int least;   /* arguments needed */
	bool greedy; /* takes all the rest, "+" included */
};

static const struct verb verbs[] = {
	{ "exit", verb_exit, 1, false },
	{ "print", verb_print, 0, false },
	{ "error", verb_error, 0, false },
	{ "exec", verb_exec, 1, true },
	{ "number", verb_number, 1, false },
	{ "spawn", verb_spawn, 1, false },
	{ "to", verb_to, 1, false },
	{ "do", verb_do, 1, false },
	{ "attempt", verb_attempt, 2, false },
	{ "hang", verb_hang, 0, false },
	{ "wait-line", verb_wait_line, 0, false },
	{ "wait-file", verb_wait_file, 1, false },

	{ "catch", verb_catch, 2, false },
	{ "catch-until", verb_catch_until, 2, false },
	{ "relay", verb_relay, 1, false },
	{ "sync", verb_sync, 0, false },
	{ "ignore", verb_ignore, 1, false },
	{ "block", verb_block, 1, false },
	{ "default", verb_default, 0, false },
	{ "kill", verb_kill, 2, false },
	{ "sigqueue", verb_sigqueue, 3, false },
	{ "die", verb_die, 1, false },
	{ "pending", verb_pending, 0, false },
	{ "status", verb_status, 0, false },

	{ "orphan", verb_orphan, 1, false },
	{ "storm", verb_storm, 1, false },
	{ "zombies", verb_zombies, 0, false },
	{ "children", verb_children, 2, false },
	{ "odd-orphans", verb_odd_orphans, 2, false },
	{ "own-children", verb_own_children, 1, false },
	{ "alone", verb_alone, 0, false },
	{ "census", verb_census, 0, false },
	{ "stop", verb_stop, 0, false },
	{ "stubborn", verb_stubborn, 0, false },
	{ "obedient", verb_obedient, 0, false },
	{ "stopped-orphan", verb_stopped_orphan, 0, false },
	{ "short-orphan", verb_short_orphan, 1, false },
	{ "patient", verb_patient, 0, false },
	{ "family", verb_family, 1, false },
	{ "when-stopped", verb_when_stopped, 1, false },
	{ "end-later", verb_end_later, 1, false },
	{ "forker", verb_forker, 0, false },
	{ "groupkill", verb_groupkill, 1, false },

	{ "ids", verb_ids, 0, false },
	{ "fds", verb_fds, 0, false },
	{ "about", verb_about, 1, false },
	{ "env", verb_env, 1, false },
	{ "args", verb_args, 0, true },
	{ "stat", verb_stat, 1, false },
	{ "cat", verb_cat, 1, false },
	{ "hostname", verb_hostname, 0, false },
	{ "limit", verb_limit, 0, false },
	{ "tty", verb_tty, 0, false },
	{ "oom", verb_oom, 0, false },
	{ "link", verb_link, 1, false },

	{ "escape-facts", verb_escape_facts, 0, false },
	{ "try", verb_try, 2, false },
	{ "symlink", verb_symlink, 2, false },
	{ "size", verb_size, 1, false },
	{ "escape-tty", verb_escape_tty, 0, false },
	{ "typed", verb_typed, 0, false },
	{ "become-root", verb_become_root, 0, false },
	{ "nest", verb_nest, 0, false },
	{ "fresh", verb_fresh, 0, false },
	{ "canary", verb_canary, 0, false },
	{ "session-key", verb_session_key, 0, false },
	{ "links", verb_links, 3, false },
	{ "build", verb_build, 4, false },

	{ "reboot", verb_reboot, 1, false },
	{ "pivot", verb_pivot, 0, false },
	{ "write", verb_write, 2, false },
	{ "dirty", verb_dirty, 2, false },
	{ "keep-open", verb_keep_open, 1, false },
	{ "close", verb_close, 0, false },
	{ "core", verb_core, 0, false },

	{ "filter", verb_filter, 1, false },
	{ "call", verb_call, 1, false },
	{ "call-range", verb_call_range, 2, false },
	{ "call-x32", verb_call_x32, 1, false },
	{ "call-i386", verb_call_i386, 1, false },
	{ "become", verb_become, 1, false },

	{ "wall", verb_wall, 0, false },
	{ "again", verb_again, 1, true },
	{ "connect", verb_connect, 1, false },
	{ "bind", verb_bind, 1, false },
	{ "abstract-listen", verb_abstract_listen, 1, false },
	{ "abstract", verb_abstract, 1, false },
	{ "signal", verb_signal, 1, false },
	{ "truncate", verb_truncate, 1, false },
	{ "execute", verb_execute, 1, false },
	{ "symlink-fact", verb_symlink_fact, 2, false },
	{ "rename", verb_rename, 2, false },
	{ "ask-device", verb_ask_device, 1, false },

	{ "pty", verb_pty, 2, true },
	{ "killer", verb_killer, 3, true },
	{ "stuff", verb_stuff, 1, false },
	{ "early", verb_early, 3, true },
};

void say(const char *format, ...)
{
	char line[4096];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	/* Nobody listens any more; and SIGPIPE may be blocked. */
	if (write(probe_out, line, (size_t)n) < 0)
		_exit(PROBE_TROUBLE);
}

void trouble(const char *format, ...)
{
	int err = errno;
	char line[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(STDERR_FILENO, "probe: %s: %s\n", line, strerror(err));
	_exit(PROBE_TROUBLE);
}

long number(const char *text)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 0);
	if (errno || end == text || *end) {
		errno = EINVAL;
		trouble("%s is no number", text);
	}
	return value;
}

pid_t process(const char *text)
{
	if (!strcmp(text, "self"))
		return getpid();
	if (!strcmp(text, "parent"))
		return getppid();
	if (!strcmp(text, "init"))
		return 1;
	if (!strcmp(text, "group"))
		return 0;
	if (!strcmp(text, "all"))
		return -1;
	return (pid_t)number(text);
}

static int verb_exit(int argc, char **argv)
{
	(void)argc;
	_exit((int)number(argv[0]));
}

static void join(int argc, char **argv, char *line, size_t size)
{
	line[0] = '\0';
	for (int i = 0; i < argc; i++) {
		size_t len = strlen(line);

		(void)snprintf(line + len, size - len, "%s%s", i ? " " : "", argv[i]);
	}
}

static int verb_print(int argc, char **argv)
{
	char line[1024];

	join(argc, argv, line, sizeof(line));
	say("%s", line);
	return 0;
}

static int verb_error(int argc, char **argv)
{
	char line[1024];

	join(argc, argv, line, sizeof(line));
	dprintf(STDERR_FILENO, "%s\n", line);
	return 0;
}

static int verb_exec(int argc, char **argv)
{
	(void)argc;
	execvp(argv[0], argv);
	trouble("cannot execute %s", argv[0]);
}

/* spawn PROGRAM ARG...: and wait for it */
static int verb_spawn(int argc, char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0) {
		char *words[32] = { NULL };

		for (int i = 0; i < argc && i < 31; i++)
			words[i] = argv[i];
		execvp(words[0], words);
		trouble("cannot execute %s", words[0]);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static int verb_number(int argc, char **argv)
{
	(void)argc;
	say("%d", signal_number(argv[0]));
	return 0;
}

/* For tests that close stdout. */
static int verb_to(int argc, char **argv)
{
	(void)argc;
	probe_out = open(argv[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (probe_out < 0)
		trouble("cannot open %s", argv[0]);
	return 0;
}

/* do "VERB ARG... + VERB...": where only few words can be passed, as on a kernel's command line */
static int verb_do(int argc, char **argv)
{
	char *words[256] = { NULL };
	int n = 0;

	(void)argc;
	for (char *word = strtok(argv[0], " "); word && n < 255; word = strtok(NULL, " "))
		words[n++] = word;
	verbs_run(n, words);
	return 0;
}

/* attempt FILE N: the first N times it's run, exit code 9; FILE keeps the count */
static int verb_attempt(int argc, char **argv)
{
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	off_t count;

	(void)argc;
	if (fd < 0 || write(fd, "x", 1) != 1)
		return -1;
	count = lseek(fd, 0, SEEK_END);
	close(fd);
	say("attempt=%ld", (long)count);
	if (count <= number(argv[1]))
		_exit(9);
	return 0;
}

static int verb_hang(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say("hanging");
	for (;;)
		pause();
	return 0;
}

static int verb_wait_line(int argc, char **argv)
{
	char line[256];
	size_t n = 0;

	(void)argc;
	(void)argv;
	alarm(PROBE_DEADLINE);
	while (n < sizeof(line) - 1 && read(STDIN_FILENO, line + n, 1) == 1 && line[n] != '\n')
		n++;
	alarm(0);
	line[n] = '\0';
	say("line=%s", line);
	return 0;
}

/* Somebody outside creates the file when it's time. Polled: it may be on any file system. */
static int verb_wait_file(int argc, char **argv)
{
	(void)argc;
	for (int i = 0; i < PROBE_DEADLINE * 100; i++) {
		if (!access(argv[0], F_OK))
			return 0;
		usleep(10000);
	}
	errno = ETIMEDOUT;
	trouble("%s did not appear", argv[0]);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	errno = EINVAL;
	trouble("unknown verb %s", name);
}

void verbs_run(int argc, char **argv)
{
	while (argc > 0) {
		const struct verb *verb = find_verb(argv[0]);
		int n = 1;

		while (n < argc && (verb->greedy || strcmp(argv[n], "+")))
			n++;
		if (n - 1 < verb->least) {
			errno = EINVAL;
			trouble("%s needs %d arguments", verb->name, verb->least);
		}
		if (verb->run(n - 1, argv + 1))
			trouble("%s", verb->name);
		argc -= n + 1;
		argv += n + 1;
	}
}

int main(int argc, char **argv)
{
	verbs_run(argc - 1, argv + 1);
	return 0;
}
