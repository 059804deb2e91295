/* Events for a caller, as JSON. May write to the descriptors that he gave for it. */
#include "events.h"

#include "best_effort.h"
#include "limited.h"
#include "log.h"
#include "namespaces.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* One document, written at once so that a reader never sees half of it. */
struct text {
	char buf[1024];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *fmt, ...)
{
	size_t room = sizeof(text->buf) - text->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->buf + text->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		text->len += (size_t)n < room ? (size_t)n : room - 1;
}

static int send(int fd, const struct text *text)
{
	ssize_t n = write(fd, text->buf, text->len);

	return n < 0 ? -errno : (size_t)n < text->len ? -EIO : 0;
}

static int keep_from_agent(int fd, const char *option)
{
	/* 0 to 2 are the agent's as well. */
	int flags = fd < 0 ? 0 : fcntl(fd, F_GETFD);

	if (fd < 0 || (flags >= 0 && (fd <= 2 || fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)))
		return 0;
	return log_errno(-errno, "cannot use descriptor %d for %s", fd, option);
}

static int check_fds(const struct spec_status *status)
{
	int err = keep_from_agent(status->info_fd, "--info-fd");

	if (!err)
		err = keep_from_agent(status->json_fd, "--json-status-fd");
	if (!err)
		err = keep_from_agent(status->block_fd, "--block-fd");
	if (!err)
		err = keep_from_agent(status->userns_block_fd, "--userns-block-fd");
	for (unsigned i = 0; i < status->nsync && !err; i++)
		err = keep_from_agent(status->sync_fd[i], "--sync-fd");
	return err;
}

int events_open(struct events *events, struct spec *spec)
{
	struct spec_status *status = &spec->run.status;
	int pair[2], err = check_fds(status);

	*events = (struct events){ .spec = spec, .exec = -1 };
	if (err || status->json_fd < 0)
		return err;
	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0)
		return log_errno(-errno, "cannot make a pipe");
	events->exec = pair[0];
	status->exec_fd = pair[1];
	return 0;
}

/* In bwrap's order. It names those that were made, and the mount namespace always. */
static void add_namespaces(struct text *text, const struct spec_ns *ns, pid_t pid, const char *gap,
			   bool all)
{
	static const enum ns_kind kinds[] = { NS_CGROUP, NS_IPC, NS_MNT,  NS_NET,
					      NS_PID,    NS_UTS, NS_USER, NS_TIME };
	char path[64];
	struct stat st;

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool made = (kinds[i] == NS_MNT && ns->unshare) || (ns->unshare >> kinds[i] & 1);

		if (!made || (!all && kinds[i] >= NS_TIME) || (!all && kinds[i] == NS_USER))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, ns_name(kinds[i]));
		if (stat(path, &st) == 0)
			add(text, ",%s\"%s-namespace\": %llu", gap, ns_name(kinds[i]),
			    (unsigned long long)st.st_ino);
	}
}

static int start_info(const struct events *events, pid_t pid)
{
	const struct spec_run *run = &events->spec->run;
	struct text text = { .len = 0 };
	int err;

	if (run->status.info_fd < 0)
		return 0;
	add(&text, "{\n    \"child-pid\": %d", (int)pid);
	add_namespaces(&text, &run->ns, pid, "\n    ", false);
	add(&text, "\n}\n");
	err = send(run->status.info_fd, &text);
	(void)close(run->status.info_fd);
	return err ? log_errno(err, "cannot write to --info-fd") : 0;
}

int events_start(struct events *events, pid_t pid)
{
	const struct spec_run *run = &events->spec->run;
	struct text text = { .len = 0 };
	int err = start_info(events, pid);

	if (run->status.exec_fd >= 0)
		(void)close(run->status.exec_fd);
	if (err || run->status.json_fd < 0)
		return err;
	add(&text, "{ %s\"child-pid\": %d", run->bwrap ? "" : "\"event\": \"start\", ", (int)pid);
	add_namespaces(&text, &run->ns, pid, " ", !run->bwrap);
	add(&text, " }\n");
	err = send(run->status.json_fd, &text);
	return err ? log_errno(err, "cannot write to --json-status-fd") : 0;
}

static void tell_exec(struct events *events)
{
	static const struct text text = { "{ \"event\": \"exec\" }\n", 20 };

	if (events->told || events->bytes != 1 || events->spec->run.bwrap)
		return;
	events->told = true;
	(void)send(events->spec->run.status.json_fd, &text);
}

void events_exec(struct events *events)
{
	char bytes[8];
	ssize_t n = events->exec >= 0 ? read(events->exec, bytes, sizeof(bytes)) : -1;

	if (n > 0)
		events->bytes += (unsigned)n;
	if (n != 0)
		return;
	/* Nobody has it any more: executed, if that is what was said last. */
	(void)close(events->exec);
	events->exec = -1;
	tell_exec(events);
}

static void add_usage(struct text *text, const struct cradle_result *result)
{
	if (!result->counted)
		return;
	add(text, ", \"rusage\": { \"user-us\": %llu, \"system-us\": %llu, \"maxrss-kb\": %llu }",
	    (unsigned long long)result->user_us, (unsigned long long)result->system_us,
	    (unsigned long long)result->maxrss_kb);
}

static void add_cgroup(struct text *text, const struct cgroup_usage *usage)
{
	char json[256];

	if (!usage->memory_peak && !usage->pids_peak && !usage->cpu_usec)
		return;
	add(text, ", %s", limited_json(usage, json, sizeof(json)));
}

static void add_not_enforced(struct text *text, unsigned not_enforced)
{
	const char *comma = "";

	add(text, ", \"not-enforced\": [");
	for (unsigned i = 0; i < BEST_KINDS; i++) {
		if (!(not_enforced >> i & 1))
			continue;
		add(text, "%s\"%s\"", comma, best_effort_name(i));
		comma = ", ";
	}
	add(text, "]");
}

static void tell_exit(const struct events *events, int code, const struct cradle_result *result,
		      const struct cgroup_usage *usage, unsigned not_enforced)
{
	struct text text = { .len = 0 };

	add(&text, "{ \"event\": \"exit\", \"exit-code\": %d, \"signal\": %d", code,
	    result                      ? result->signal
	    : code > CRADLE_EXIT_SIGNAL ? code - CRADLE_EXIT_SIGNAL
					: 0);
	if (result)
		add(&text, ", \"wall-ms\": %llu", (unsigned long long)result->wall_ms);
	if (result)
		add_usage(&text, result);
	add_cgroup(&text, usage);
	add_not_enforced(&text, not_enforced);
	add(&text, " }\n");
	(void)send(events->spec->run.status.json_fd, &text);
}

void events_exit(struct events *events, int code, const struct cradle_result *result,
		 const struct cgroup_usage *usage, unsigned not_enforced)
{
	int fd = events->spec->run.status.json_fd;
	struct text text = { .len = 0 };

	if (fd < 0)
		return;
	/* What it said before it died. */
	for (int i = 0; i < 3 && events->exec >= 0; i++)
		events_exec(events);
	if (!events->spec->run.bwrap) {
		tell_exit(events, code, result, usage, not_enforced);
	} else if (events->bytes == 1) {
		/* bwrap tells nothing of what was never executed. */
		add(&text, "{ \"exit-code\": %d }\n", code);
		(void)send(fd, &text);
	}
}

unsigned events_fds(const struct events *events, int fds[2])
{
	unsigned n = 0;

	if (events->spec->run.status.json_fd >= 0)
		fds[n++] = events->spec->run.status.json_fd;
	if (events->exec >= 0)
		fds[n++] = events->exec;
	return n;
}
