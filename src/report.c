/* Who may read the result, and how it gets there. Runs in PID 1 at the end; waits for nobody longer
 * than a second. */
#include "report.h"

#include "log.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/vm_sockets.h>
#if defined(__x86_64__) || defined(__i386__)
#include <sys/io.h>
#endif

enum { PATIENCE_MS = 1000, PORTS_MAX = 64 };

/* udev would make /dev/virtio-ports/NAME; without it the name stands in sysfs. */
static int open_virtio(const char *wanted)
{
	char path[64], name[128];
	int fd;

	for (int i = 0; i < PORTS_MAX; i++) {
		int device = i / 8, port = i % 8;

		(void)snprintf(path, sizeof(path), "/sys/class/virtio-ports/vport%dp%d/name",
			       device, port);
		if (sys_read_file(path, name, sizeof(name)) < 0)
			continue;
		name[strcspn(name, "\n")] = '\0';
		if (strcmp(name, wanted))
			continue;
		(void)snprintf(path, sizeof(path), "/dev/vport%dp%d", device, port);
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return fd < 0 ? -errno : fd;
	}
	return -ENODEV;
}

static int open_channel(struct spec_report *report)
{
	int flags;

	switch (report->kind) {
	case REPORT_FD:
		flags = fcntl(report->fd, F_GETFD);
		if (flags < 0 || (fcntl(report->fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
			return log_errno(-EBADF,
					 "cannot report to fd %d (it must be open for writing)",
					 report->fd);
		/* The agent has no business with it. */
		if (report->fd > STDERR_FILENO)
			(void)fcntl(report->fd, F_SETFD, flags | FD_CLOEXEC);
		return 0;
	case REPORT_FILE:
		/* A FIFO that nobody reads is refused (ENXIO) instead of waited for. */
		report->fd = open(report->name,
				  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
				  0644);
		if (report->fd < 0)
			return log_errno(-errno, "cannot report to the file %s", report->name);
		(void)fcntl(report->fd, F_SETFL, O_APPEND);
		return 0;
	case REPORT_KMSG:
		report->fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (report->fd < 0)
			return log_errno(-errno, "cannot report to /dev/kmsg");
		return 0;
	case REPORT_VIRTIO:
		report->fd = open_virtio(report->name);
		if (report->fd < 0)
			return log_errno(report->fd,
					 "cannot report to the virtio port %s (is the module "
					 "virtio_console loaded?)",
					 report->name);
		return 0;
	case REPORT_VSOCK:
	case REPORT_ISA_DEBUG_EXIT:
		break;
	}
	return 0;
}

int report_open(struct spec *spec)
{
	struct spec_end *end = &spec->end;
	int err = 0;

	/* All of them, even after a failure: what can tell of it should. */
	for (unsigned i = 0; i < end->nreports; i++) {
		int this = open_channel(&end->report[i]);

		if (this)
			end->report[i].fd = -1;
		else if (end->report[i].fd > STDERR_FILENO)
			spec_keep(spec, end->report[i].fd);
		err = err ? err : this;
	}
	end->opened = true;
	return err;
}

static int wait_writable(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };
	int n = poll(&pollfd, 1, PATIENCE_MS);

	return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static int open_vsock(const struct spec_report *report)
{
	struct sockaddr_vm host = { .svm_family = AF_VSOCK,
				    .svm_cid = report->cid,
				    .svm_port = report->port };
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&host, sizeof(host)) < 0) {
		int err = -errno;

		(void)close(fd);
		return err;
	}
	return fd;
}

static void write_channel(const struct spec_report *report, const char *line, size_t len)
{
	int fd = report->kind == REPORT_VSOCK ? open_vsock(report) : report->fd;
	int err = fd < 0 ? fd : 0;

	/* A reader that doesn't read must not hold up the end; /dev/kmsg can't be polled for
	 * writing, and never blocks. */
	if (!err && report->kind != REPORT_KMSG)
		err = wait_writable(fd);
	/* A closed pipe is an error like any other: SIGPIPE is blocked, as all signals are. */
	if (!err && write(fd, line, len) < 0)
		err = -errno;
	/* The console was hung up when the agent, its session's leader, ended (tty_io.c: hung up
	 * files give EIO); opened anew it works. */
	if (err == -EIO && report->kind == REPORT_FILE) {
		(void)close(fd);
		fd = open(report->name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
		err = fd < 0 || write(fd, line, len) < 0 ? -errno : 0;
	}
	if (err)
		(void)log_warn_errno(err, "cannot write the report");
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

static const char *ending_name(enum ending ending)
{
	static const char *const names[] = { "exit", "poweroff", "reboot",
					     "halt", "panic",    "restart" };

	return names[ending];
}

/* What asked, in words: "signal TERM from pid 12". Pid 0 is outside, or the kernel. */
static void describe_request(const struct cradle_result *r, char *what, size_t whatsize, char *by,
			     size_t bysize)
{
	static const char *const names[] = { "", "\"stop\"", "\"poweroff\"", "\"reboot\"",
					     "\"halt\"" };
	char name[16];

	(void)snprintf(what, whatsize, "%s", r->request ? names[r->request] : "null");
	if (!r->request)
		(void)snprintf(by, bysize, "null");
	else if (r->request_signal == REPORT_BY_REBOOT)
		(void)snprintf(by, bysize, "\"reboot(2)\"");
	else if (r->request_signal)
		(void)snprintf(by, bysize, "\"signal %s from pid %d\"",
			       util_signal_name(r->request_signal, name), (int)r->request_pid);
	else
		(void)snprintf(by, bysize, "\"power button\"");
}

static size_t format(const struct spec *spec, const struct cradle_result *r, enum ending ending,
		     char *line, size_t size)
{
	char exit_code[12] = "null", signal[12] = "null", what[16], by[48];
	int n;

	if (r->exit_code >= 0)
		(void)snprintf(exit_code, sizeof(exit_code), "%d", r->exit_code);
	if (r->signal)
		(void)snprintf(signal, sizeof(signal), "%d", r->signal);
	describe_request(r, what, sizeof(what), by, sizeof(by));
	n = snprintf(
		line, size,
		"{\"code\":%d,\"exit\":%s,\"signal\":%s,\"core\":%s,\"requested\":%s,\"by\":%s,"
		"\"orphans\":%llu,\"leftovers\":%u,\"restarts\":%u,\"world\":\"%s\","
		"\"ending\":\"%s\",\"wall_ms\":%llu,\"user_us\":%llu,\"system_us\":%llu,"
		"\"maxrss_kb\":%llu}\n",
		r->code, exit_code, signal, r->core ? "true" : "false", what, by,
		(unsigned long long)r->orphans, r->leftovers, r->restarts, world_name(spec->world),
		ending_name(ending), (unsigned long long)r->wall_ms, (unsigned long long)r->user_us,
		(unsigned long long)r->system_us, (unsigned long long)r->maxrss_kb);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

void report_write(struct spec *spec, const struct cradle_result *result, enum ending ending)
{
	char line[512];
	size_t len;

	if (!spec->end.nreports)
		return;
	/* It ended before it began. Who started a VM has no other way to learn of that; who started
	 * a process has its exit code and its one line on stderr. */
	if (!spec->end.opened && spec->world != WORLD_VM)
		return;
	if (!spec->end.opened)
		(void)report_open(spec);
	len = format(spec, result, ending, line, sizeof(line));
	for (unsigned i = 0; i < spec->end.nreports; i++) {
		const struct spec_report *report = &spec->end.report[i];

		if (report->kind == REPORT_VSOCK || report->fd >= 0)
			write_channel(report, line, len);
	}
}

void report_last(const struct spec_end *end, int code)
{
	for (unsigned i = 0; end->opened && i < end->nreports; i++) {
		unsigned port = end->report[i].port;

		if (end->report[i].kind != REPORT_ISA_DEBUG_EXIT)
			continue;
#if defined(__x86_64__) || defined(__i386__)
		/* QEMU exits with code * 2 + 1. */
		if (ioperm(port, 4, 1) < 0)
			(void)log_warn_errno(-errno, "cannot write to the I/O port 0x%x", port);
		else
			outl((unsigned)code, (unsigned short)port);
#else
		(void)code;
		log_warn("there is no I/O port 0x%x on this architecture", port);
#endif
	}
}
