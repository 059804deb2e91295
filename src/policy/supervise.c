/* The supervisor: one notification after the other. May read from the processes and signal them;
 * what it reads is told and never decides (the process may change it at any time). In enforcing
 * mode it lets no call through, whatever it is. */
#include "supervise.h"

#include "explain.h"
#include "log.h"
#include "supervise_kill.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the thread calls itself. It may be anything. */
static void read_comm(pid_t tid, char comm[32])
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)tid);
	(void)snprintf(comm, 32, "?");
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(comm, 32, file))
		comm[0] = '\0';
	(void)fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	for (char *c = comm; *c; c++) {
		if (!isprint((unsigned char)*c))
			*c = '?';
	}
}

/* All together: there are four billion, and each would have its lines and stay in memory. */
static const char nameless[] = "numbers without a name";

static void tell(struct supervisor *supervisor, const struct denial *denial, bool last)
{
	char line[EXPLAIN_TEXT];

	explain_line(line, denial);
	supervise_tell(line);
	if (supervisor->json >= 0)
		(void)explain_json_write(supervisor->json, explain_json(denial));
	if (last) {
		(void)snprintf(line, sizeof(line), "further calls of %s are only counted",
			       denial->call->call.name ? denial->call->call.name : nameless);
		supervise_tell(line);
	}
}

/* A death is an event, and always told; of what else is denied, the same but once. */
static void report(struct supervisor *supervisor, const struct stack_call *call,
		   const struct verdict *verdict, bool death)
{
	char text[DECODE_TEXT], key[DECODE_TEXT], comm[32];
	struct denial denial = { .call = call,
				 .verdict = verdict,
				 .text = text,
				 .comm = comm,
				 .complain = supervisor->complain };
	struct seen_call *seen;

	seen = seen_count(&supervisor->seen, call->call.name ? call->call.name : nameless);
	if (seen->reported == SEEN_PER_CALL && !death)
		return;
	decode(&call->call, text, key);
	read_comm(call->call.pid, comm);
	/* Not the caller's any more: what was read may be another's, who got its number. */
	if (!listener_waits(&supervisor->listener))
		return;
	if (death)
		tell(supervisor, &denial, false);
	else if (seen_is_new(&supervisor->seen, seen, key))
		tell(supervisor, &denial, seen->reported == SEEN_PER_CALL);
}

static bool is_deadly(const struct supervisor *supervisor, const struct policy_action *action)
{
	if (supervisor->complain)
		return false;
	return action->act == POLICY_KILL ||
	       (action->act == POLICY_TRAP && !kill_is_handled(&supervisor->listener));
}

static void end_caller(struct supervisor *supervisor, bool trap)
{
	pid_t tid = (pid_t)supervisor->listener.notif->pid;
	int process, err = kill_caller(&supervisor->listener, trap, &process);

	if (err < 0 && err != -ESRCH)
		(void)log_errno(err, "cannot end process %d, whose call is refused", (int)tid);
	/* It never sees this, unless it handles the signal. */
	listener_refuse(&supervisor->listener, ENOSYS);
	if (!err && !trap)
		kill_insist(process, tid);
	else if (!err)
		(void)close(process);
}

static void answer(struct supervisor *supervisor, const struct verdict *verdict)
{
	const struct policy_action *action = &verdict->action;

	if (supervisor->complain)
		listener_let_through(&supervisor->listener);
	else if (action->act == POLICY_TRAP || action->act == POLICY_KILL)
		end_caller(supervisor, action->act == POLICY_TRAP);
	else
		listener_refuse(&supervisor->listener,
				action->act == POLICY_ERRNO ? action->error : EPERM);
}

static void handle(struct supervisor *supervisor)
{
	const struct seccomp_notif *notif = supervisor->listener.notif;
	struct stack_call call;
	struct verdict verdict;
	bool death;

	stack_resolve(&call, &notif->data, (pid_t)notif->pid);
	verdict = stack_judge(&supervisor->stack, &call);
	death = is_deadly(supervisor, &verdict.action);
	report(supervisor, &call, &verdict, death);
	supervisor->ended = supervisor->ended || death;
	answer(supervisor, &verdict);
}

int supervise(struct supervisor *supervisor)
{
	struct pollfd news = { .fd = supervisor->listener.fd, .events = POLLIN };

	for (;;) {
		int n = poll(&news, 1, -1);

		if (n < 0 && errno != EINTR)
			return log_errno(-errno, "cannot wait for denied calls");
		if (n < 0)
			continue;
		if (!(news.revents & POLLIN))
			return 0;
		n = listener_next(&supervisor->listener);
		if (n < 0)
			return log_errno(n, "cannot receive a denied call");
		if (n > 0)
			handle(supervisor);
	}
}

static void sum_json(const struct supervisor *supervisor)
{
	json_t *calls = json_object();

	for (size_t i = 0; i < supervisor->seen.ncalls; i++)
		(void)json_object_set_new(calls, supervisor->seen.call[i].name,
					  json_integer((json_int_t)supervisor->seen.call[i].count));
	(void)explain_json_write(supervisor->json,
				 json_pack("{s:s, s:o}", "event", "sum", "calls", calls));
}

void supervise_sum(const struct supervisor *supervisor)
{
	const struct seen *seen = &supervisor->seen;
	char line[EXPLAIN_TEXT];
	size_t len = 0;

	if (supervisor->json >= 0)
		sum_json(supervisor);
	for (size_t i = 0; i < seen->ncalls && len < sizeof(line); i++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s %lu time%s",
					i                      ? ", "
					: supervisor->complain ? "would be denied in all: "
							       : "denied in all: ",
					seen->call[i].name, seen->call[i].count,
					seen->call[i].count == 1 ? "" : "s");
	if (len)
		supervise_tell(line);
}
