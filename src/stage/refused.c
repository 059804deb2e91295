/* The kernel logs the system call that a seccomp filter kills for (audit type 1326), with a pid
 * that is known in the first PID namespace alone. So what counts is that it was during our life.
 * May read /dev/kmsg. */
#include "refused.h"

#include "bpf.h"
#include "idmap.h"
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

/* "NUMBER NAME\0" for each. */
static const char native[] =
#include "call_names.h"
	;
#ifdef __x86_64__
static const char i386[] =
#include "call_names_i386.h"
	;
#endif

/* Both clocks are read in steps, of 10 ms at most. */
enum { PATIENCE_MS = 100, SLACK_MS = 20 };

enum { CALLS_MAX = 4, X32_BIT = 0x40000000 };

struct call {
	unsigned arch;
	unsigned long nr;
};

/* Others' records in the log aren't ours to tell, nor to be deceived by. */
struct wanted {
	uint64_t since_ms;
	uid_t uid;
	bool anybody;
};

/* Different ones. */
struct calls {
	struct call call[CALLS_MAX];
	unsigned n;
	bool more;
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
static bool read_record(const char *record, const struct wanted *wanted, struct call *call)
{
	const char *text = strstr(record, ";audit: type=1326 audit("), *arch, *nr, *uid;
	unsigned long long seconds;
	unsigned ms;

	/* What a process writes there itself has another facility, in the upper bits. */
	if (!text || strtoul(record, NULL, 10) > 7 || !strstr(text, " sig=31 ") ||
	    sscanf(strchr(text, '('), "(%llu.%u:", &seconds, &ms) != 2 ||
	    seconds * 1000 + ms + SLACK_MS < wanted->since_ms)
		return false;
	uid = strstr(text, " uid=");
	if (!wanted->anybody && (!uid || strtoul(uid + 5, NULL, 10) != wanted->uid))
		return false;
	arch = strstr(text, " arch=");
	nr = strstr(text, " syscall=");
	if (!arch || !nr)
		return false;
	call->arch = (unsigned)strtoul(arch + 6, NULL, 16);
	call->nr = strtoul(nr + 9, NULL, 10);
	return true;
}

static void add(struct calls *calls, const struct call *call)
{
	for (unsigned i = 0; i < calls->n; i++) {
		if (calls->call[i].arch == call->arch && calls->call[i].nr == call->nr)
			return;
	}
	if (calls->n < CALLS_MAX)
		calls->call[calls->n++] = *call;
	else
		calls->more = true;
}

static void find(struct calls *calls, const struct wanted *wanted)
{
	int fd = sys_open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	/* A thread of the kernel's writes it. */
	struct pollfd more = { .fd = fd, .events = POLLIN };
	struct call call;
	char record[8192];
	ssize_t n;

	if (fd < 0)
		return;
	/* EPIPE: the next one was overwritten meanwhile. */
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE) ||
	       (!calls->n && poll(&more, 1, PATIENCE_MS) > 0)) {
		record[n > 0 ? n : 0] = '\0';
		if (read_record(record, wanted, &call))
			add(calls, &call);
	}
	(void)close(fd);
}

static const char *look_up(const char *names, unsigned long nr)
{
	char *name;

	for (const char *at = names; *at; at += strlen(at) + 1) {
		if (strtoul(at, &name, 10) == nr)
			return name + 1;
	}
	return NULL;
}

static int say_call(char *text, size_t size, const struct call *call)
{
	const char *name = NULL, *abi = "";
	unsigned long nr = call->nr;

	if (call->arch == BPF_OUR_ARCH)
		name = look_up(native, nr);
#ifdef __x86_64__
	if (call->arch == AUDIT_ARCH_I386) {
		name = look_up(i386, nr);
		abi = "i386 ";
	} else if (call->arch == BPF_OUR_ARCH && nr & X32_BIT) {
		nr &= ~(unsigned long)X32_BIT;
		name = look_up(native, nr);
		abi = "x32 ";
	}
#endif
	if (name)
		return snprintf(text, size, "%s%s", abi, name);
	return snprintf(text, size, "%ssystem call %lu of architecture 0x%x", abi, nr, call->arch);
}

/* "mount", or "mount, ptrace or others" */
static void say_calls(char *text, size_t size, const struct calls *calls)
{
	size_t len = 0;

	for (unsigned i = 0; i < calls->n && len < size; i++) {
		const char *before = !i ? "" : i + 1 < calls->n || calls->more ? ", " : " or ";

		len += (size_t)snprintf(text + len, size - len, "%s", before);
		if (len < size)
			len += (size_t)say_call(text + len, size - len, &calls->call[i]);
	}
	if (calls->more && len < size)
		(void)snprintf(text + len, size - len, " or others");
}

static bool has_many_ids(const struct spec *spec)
{
	return spec->verb == VERB_INIT || !idmap_is_single(&spec->run.ids) ||
	       spec->run.confine.user;
}

/* The policy leaves it to a supervisor, so the kernel itself killed for another filter's sake. */
static void tell_foreign(const char *calls, bool named)
{
	if (calls[0])
		log_warn("the agent was killed by SIGSYS, as a filter of its own refuses %s, says "
			 "the kernel's log",
			 calls);
	else if (!named)
		log_warn("the agent was killed by SIGSYS, and not for its policy: by a filter of "
			 "its own, or by somebody's signal");
}

void refused_tell(const struct spec *spec, bool named)
{
	const struct spec_seccomp *seccomp = &spec->seccomp;
	const struct wanted wanted = { started_ms(), geteuid(), has_many_ids(spec) };
	struct calls calls = { 0 };
	char text[512] = "";

	if (!seccomp->n)
		return;
	/* Who has entered a sandbox sees that one's /dev, and what is told there isn't believed. */
	if (spec->verb != VERB_ENTER)
		find(&calls, &wanted);
	say_calls(text, sizeof(text), &calls);
	if (seccomp_notifies(seccomp))
		tell_foreign(text, named);
	else if (calls.n)
		log_warn("the agent was killed by SIGSYS, as its policy refuses %s, says the "
			 "kernel's log: --explain tells the line",
			 text);
	else
		log_warn("the agent was killed by SIGSYS, as a policy does for a system call: "
			 "--explain tells which");
}
