/* What /proc tells of a process. Reading it doesn't wake the process. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"

static int proc_text(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	text[n] = 0;
	return 0;
}

/* The number behind "KEY:" at the start of a line. */
int64_t proc_number(pid_t pid, const char *file, const char *key)
{
	size_t len = strlen(key);
	char text[4096], *line;
	int err = proc_text(pid, file, text, sizeof(text));

	if (err)
		return err;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ':')
			return strtoll(line + len + 1, NULL, 10);
	}
	return -ENOENT;
}

int64_t proc_cpu_ns(pid_t pid)
{
	char text[128];
	int err = proc_text(pid, "schedstat", text, sizeof(text));

	return err ? err : strtoll(text, NULL, 10);
}

int64_t proc_switches(pid_t pid)
{
	int64_t asked = proc_number(pid, "status", "voluntary_ctxt_switches");
	int64_t forced = proc_number(pid, "status", "nonvoluntary_ctxt_switches");

	return asked < 0 ? asked : asked + forced;
}

/* The fields behind "(name)": a name may hold blanks and parentheses. */
static char *stat_field(char *stat, unsigned number)
{
	char *p = strrchr(stat, ')');

	for (unsigned i = 2; p && i < number; i++)
		p = strchr(p + 1, ' ');
	return p ? p + 1 : NULL;
}

int64_t proc_minor_faults(pid_t pid)
{
	char text[1024], *field;
	int err = proc_text(pid, "stat", text, sizeof(text));

	if (err)
		return err;
	field = stat_field(text, 10);
	return field ? strtoll(field, NULL, 10) : -EPROTO;
}

/* Asleep, and no switch for two milliseconds: whatever it does after starting the agent is done. */
int proc_await_sleep(pid_t pid)
{
	struct timespec pause = { .tv_nsec = 2000000 };
	uint64_t deadline = now_ns() + 5000000000;
	int64_t before = -1;

	while (now_ns() < deadline) {
		char text[1024], *field;
		int64_t switches = proc_switches(pid);

		if (switches < 0 || proc_text(pid, "stat", text, sizeof(text)))
			return -ESRCH;
		field = stat_field(text, 3);
		if (field && *field == 'S' && switches == before)
			return 0;
		before = switches;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}
