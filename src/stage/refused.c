/* The kernel logs the system call that a seccomp filter kills for (audit type 1326), with a pid
 * that is known in the first PID namespace alone. So what counts is that it was during our life,
 * and that there is no second one. May read /dev/kmsg. */
#include "refused.h"

#include "bpf.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* "NUMBER NAME\0" for each, the native architecture's. */
static const char names[] =
#include "call_names.h"
	;

/* Both clocks are read in steps, of 10 ms at most. */
enum { PATIENCE_MS = 100, SLACK_MS = 20 };

struct call {
	unsigned arch;
	unsigned long nr;
};

static uint64_t now_ms(clockid_t clock)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* By the wall clock, which the records have as well; that of the kernel's log goes its own way.
 * proc_pid_stat(5): field 22, in ticks since boot. 0: unknown, all of the log counts. */
static uint64_t started_ms(void)
{
	uint64_t booted = now_ms(CLOCK_REALTIME) - now_ms(CLOCK_BOOTTIME);
	char stat[1024], *at;

	if (sys_read_file("/proc/self/stat", stat, sizeof(stat)) < 0)
		return 0;
	/* The name before it may hold anything. */
	at = strrchr(stat, ')');
	for (unsigned field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? booted + strtoull(at, NULL, 10) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK) : 0;
}

/* "6,NUMBER,...;audit: type=1326 audit(SECONDS.MS:N): ... sig=31 arch=HEX syscall=N ..." */
static bool read_record(const char *record, uint64_t since_ms, struct call *call)
{
	const char *text = strstr(record, ";audit: type=1326 audit("), *arch, *nr;
	unsigned long long seconds;
	unsigned ms;

	/* What a process writes there itself has another facility, in the upper bits. */
	if (!text || strtoul(record, NULL, 10) > 7 || !strstr(text, " sig=31 ") ||
	    sscanf(strchr(text, '('), "(%llu.%u:", &seconds, &ms) != 2 ||
	    seconds * 1000 + ms + SLACK_MS < since_ms)
		return false;
	arch = strstr(text, " arch=");
	nr = strstr(text, " syscall=");
	if (!arch || !nr)
		return false;
	call->arch = (unsigned)strtoul(arch + 6, NULL, 16);
	call->nr = strtoul(nr + 9, NULL, 10);
	return true;
}

static bool find(struct call *call)
{
	uint64_t since_ms = started_ms();
	int fd = sys_open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	struct call this, first = { 0 };
	bool found = false, clear = true;
	/* A thread of the kernel's writes it. */
	struct pollfd more = { .fd = fd, .events = POLLIN };
	char record[8192];
	ssize_t n;

	if (fd < 0)
		return false;
	/* EPIPE: the next one was overwritten meanwhile. */
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE) ||
	       (!found && poll(&more, 1, PATIENCE_MS) > 0)) {
		record[n > 0 ? n : 0] = '\0';
		if (!read_record(record, since_ms, &this))
			continue;
		clear = clear && (!found || (this.nr == first.nr && this.arch == first.arch));
		first = this;
		found = true;
	}
	(void)close(fd);
	*call = first;
	return found && clear;
}

static const char *name_of(const struct call *call)
{
	char *name;

	if (call->arch != BPF_OUR_ARCH)
		return NULL;
	for (const char *at = names; *at; at += strlen(at) + 1) {
		if (strtoul(at, &name, 10) == call->nr)
			return name + 1;
	}
	return NULL;
}

void refused_tell(const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->seccomp;
	struct call call;
	const char *name;

	if (!seccomp->n || seccomp_notifies(seccomp))
		return;
	/* Who has entered a sandbox sees that one's /dev, and what is told there isn't believed. */
	if (spec->verb == VERB_ENTER || !find(&call)) {
		log_warn("the agent was killed by SIGSYS, as a policy does for a system call: "
			 "--explain tells which");
		return;
	}
	name = name_of(&call);
	if (name)
		log_warn(
			"the agent was killed by SIGSYS, as its policy refuses %s: --explain tells "
			"the line",
			name);
	else
		log_warn("the agent was killed by SIGSYS, as its policy refuses system call %lu "
			 "(0x%lx) of architecture 0x%x",
			 call.nr, call.nr, call.arch);
}
