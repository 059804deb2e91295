/* The run that is learnt from: cradle run with a filter that lets nothing pass unseen. All calls go
 * on as they are, but for two kinds that a policy could not allow by what it sees: clone3, whose
 * flags lie in memory (libc makes do with clone), and numbers that nobody has a name for. */
#include "learn.h"

#include "cradle.h"
#include "learn_start.h"
#include "log.h"
#include "names.h"
#include "supervise_listener.h"
#include "supervise_memory.h"
#include "supervise_stack.h"
#include "sys.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What clone3 makes of namespaces; CLONE_NEWTIME (0x80) is no signal in here. */
enum { NAMESPACES = 0x7e020080, GRACE_MS = 1000 };

static bool makes_namespaces(const struct stack_call *call)
{
	uint64_t flags = 0;

	return target_read(call->call.pid, call->call.arg[0], &flags, sizeof(flags)) ==
		       sizeof(flags) &&
	       flags & NAMESPACES;
}

static void note(struct learn_record *record, const struct listener *listener)
{
	const struct seccomp_data *data = &listener->notif->data;
	struct stack_call call;
	const char *name;

	stack_resolve(&call, data, (pid_t)listener->notif->pid);
	name = call.call.name;
	if (call.arch != seccomp_arch_native())
		learn_note_arch(record, call.arch);
	if (!name) {
		learn_add(&record->nameless, 1);
		listener_refuse(listener, ENOSYS);
	} else if (!strcmp(name, "clone3") && !makes_namespaces(&call)) {
		learn_add(&record->hidden, 1);
		listener_refuse(listener, ENOSYS);
	} else {
		learn_note(record, call.call.nr, call.call.arg, 1);
		listener_let_through(listener);
	}
}

/* A signal for the command goes to cradle run, which passes it on; one from the terminal has gone
 * there already. */
static void pass_on(int signals, int pidfd)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) == sizeof(info) && info.ssi_code <= 0)
		(void)sys_pidfd_send_signal(pidfd, (int)info.ssi_signo, NULL);
}

enum { LISTENER, CHILD, SIGNALS, SOURCES };

/* Until nobody has the filter any more. Who is left behind by a run that has ended doesn't keep us:
 * what it does from then on isn't seen. */
static int follow(struct learn_record *record, struct listener *listener,
		  const struct learn_child *child)
{
	struct pollfd news[SOURCES] = { { .fd = listener->fd, .events = POLLIN },
					{ .fd = child->pidfd, .events = POLLIN },
					{ .fd = child->signals, .events = POLLIN } };
	struct timespec grace = { .tv_sec = GRACE_MS / 1000 };
	int n;

	while ((n = sys_poll(news, SOURCES, news[CHILD].fd < 0 ? &grace : NULL)) != 0) {
		if (n < 0 && n != -EINTR)
			return log_errno(n, "cannot wait for the calls of %s", child->name);
		if (n < 0)
			continue;
		if (news[LISTENER].revents & POLLIN) {
			n = listener_next(listener);
			if (n < 0)
				return log_errno(n, "cannot receive a call of %s", child->name);
			if (n > 0)
				note(record, listener);
		} else if (news[LISTENER].revents) {
			break;
		}
		if (news[SIGNALS].revents)
			pass_on(child->signals, child->pidfd);
		if (news[CHILD].revents)
			news[CHILD].fd = -1;
	}
	return 0;
}

/* The command may have to be ended before it begins, too. */
static int receive(struct listener *listener, const struct learn_child *child)
{
	struct pollfd news[2] = { { .fd = child->socket, .events = POLLIN },
				  { .fd = child->signals, .events = POLLIN } };

	while (!news[0].revents) {
		int n = sys_poll(news, 2, NULL);

		if (n < 0 && n != -EINTR)
			return log_errno(n, "cannot wait for the seccomp listener");
		if (n > 0 && news[1].revents)
			pass_on(child->signals, child->pidfd);
	}
	return listener_receive(listener, child->socket);
}

int learn_run(struct learn_record *record, char **argv, bool *seen)
{
	struct learn_child child;
	struct listener listener = { .fd = -1 };
	int err = learn_start(&child, argv);

	*seen = false;
	if (err < 0)
		return CRADLE_EXIT_FAILURE;
	/* For each life of the command one. */
	while (!err && !receive(&listener, &child)) {
		*seen = true;
		err = follow(record, &listener, &child);
		listener_close(&listener);
	}
	return learn_wait(&child);
}
