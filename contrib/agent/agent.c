/* agent - the seed: an agent that is its own init when it has to be.
 *
 * usage: agent [CODE | --poweroff | --reboot | --halt]
 *
 * Prints in one line what it sees, then exits with CODE (default 0) or shuts the machine down.
 * The same program runs
 *   - as PID 1 of a VM (rdinit=/agent), a container, unshare -fp: the library becomes init;
 *   - executed by cradle, which is PID 1 then;
 *   - as an ordinary process, where the library does nothing.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cradle.h>

static const struct {
	const char *option;
	enum cradle_how how;
} shutdowns[] = {
	{ "--poweroff", CRADLE_POWER_OFF },
	{ "--reboot", CRADLE_REBOOT },
	{ "--halt", CRADLE_HALT },
};

/* How many processes /proc shows; none means that /proc doesn't work. */
static unsigned count_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned count = 0;

	if (!proc)
		return 0;
	while ((entry = readdir(proc)))
		count += isdigit((unsigned char)entry->d_name[0]) != 0;
	(void)closedir(proc);
	return count;
}

static const char *who_is_init(void)
{
	if (cradle_was_forked_from_pid1())
		return "linked";
	return getenv("CRADLE_WORLD") ? "cradle" : "other";
}

static int print_what_it_sees(void)
{
	const char *world = getenv("CRADLE_WORLD");
	char host[65] = "?";

	(void)gethostname(host, sizeof(host) - 1);
	printf("agent: init=%s world=%s pid=%d ppid=%d uid=%d host=%s procs=%u\n", who_is_init(),
	       world ? world : "-", (int)getpid(), (int)getppid(), (int)getuid(), host,
	       count_processes());
	/* Before the end: a shutdown leaves no time for exit(3) to flush. */
	return fflush(stdout) ? -errno : 0;
}

static int shut_down(enum cradle_how how)
{
	int err = cradle_shutdown(how);

	if (err < 0) {
		fprintf(stderr, "agent: cannot shut down: %s\n", strerror(-err));
		return EXIT_FAILURE;
	}
	/* Only asked for: init ends this process when it is its turn. */
	for (;;)
		pause();
}

static int end(const char *how)
{
	char *rest;
	long code;

	for (size_t i = 0; i < sizeof(shutdowns) / sizeof(shutdowns[0]); i++)
		if (!strcmp(how, shutdowns[i].option))
			return shut_down(shutdowns[i].how);
	code = strtol(how, &rest, 10);
	if (rest == how || *rest || code < 0 || code > 255) {
		fprintf(stderr, "agent: cannot end with %s: 0 to 255 or --poweroff expected\n",
			how);
		return EXIT_FAILURE;
	}
	return (int)code;
}

int main(int argc, char **argv)
{
	int err = cradle_init_as_pid1(); /* first of all, while there is one thread */

	if (err < 0) {
		fprintf(stderr, "agent: cannot become init: %s\n", strerror(-err));
		return EXIT_FAILURE;
	}
	err = print_what_it_sees();
	if (err < 0)
		return EXIT_FAILURE;
	/* The kernel puts its own unknown words before those after "--": the last one is ours. */
	return end(argc > 1 ? argv[argc - 1] : "0");
}
