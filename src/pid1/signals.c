/* Who gets which signal. May send signals and read /proc; decides nothing about life and death. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int signals_rewrite(const struct cradle_config *config, int sig)
{
	int to = config->rewrite[sig];

	return to == 0 ? sig : to < 0 ? 0 : to;
}

/* A /proc of another PID namespace, as below unshare(1) without --mount-proc, shows strangers
 * under our numbers. */
static bool proc_is_ours(void)
{
	char link[16] = "", pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return readlink("/proc/self", link, sizeof(link) - 1) > 0 && !strcmp(link, pid);
}

bool signals_agent_stopped(const struct agent *agent)
{
	char path[32], stat[512];
	const char *end;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)agent->pid);
	if (!agent->pid || !proc_is_ours() || sys_read_file(path, stat, sizeof(stat)) < 0)
		return false;
	end = strrchr(stat, ')');
	return end && strncmp(end, ") T", 3) == 0;
}

bool signals_delivered(const struct supervisor *s, const siginfo_t *info)
{
	if (s->agent.own_group || !s->agent.terminal)
		return false;
	/* The shell continues its job by a signal to the group. A second one, passed on when the
	 * agent has already been stopped again, would have it run on behind the shell's back. */
	if (info->si_signo == SIGCONT)
		return true;
	return sys_is_from_terminal(info);
}

/* EAGAIN: the queue is full; without its value the signal still gets through. */
static void send_pidfd(int pidfd, int sig, siginfo_t *info)
{
	if (sys_pidfd_send_signal(pidfd, sig, sys_signal_value(sig, info)) < 0)
		(void)sys_pidfd_send_signal(pidfd, sig, NULL);
}

static void send_agent(const struct agent *agent, int sig, siginfo_t *info)
{
	if (!agent->pid)
		return;
	/* The kernel may have reaped the agent already: its number could be somebody else's. */
	if (agent->pidfd >= 0)
		send_pidfd(agent->pidfd, sig, info);
	else
		(void)sys_forward_signal(agent->pid, sig, info);
}

/* Fields of /proc/PID/stat(5) after the name, which may hold blanks and parentheses itself. */
static int parent_and_group(unsigned pid, unsigned *parent, unsigned *group)
{
	char path[32], stat[512];
	const char *end;

	(void)snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	if (sys_read_file(path, stat, sizeof(stat)) < 0)
		return -ESRCH;
	end = strrchr(stat, ')');
	return end && sscanf(end + 1, " %*c %u %u", parent, group) == 2 ? 0 : -EINVAL;
}

static bool is_descendant(unsigned pid)
{
	unsigned self = (unsigned)getpid(), group;

	while (pid > 1 && pid != self) {
		if (parent_and_group(pid, &pid, &group) < 0)
			return false;
	}
	return pid == self;
}

struct walk {
	int sig;
	siginfo_t *info;
	unsigned group; /* 0: all */
	unsigned count;
};

static bool is_meant(const struct walk *walk, unsigned pid)
{
	unsigned parent, group;

	if (!is_descendant(pid))
		return false;
	return !walk->group ||
	       (parent_and_group(pid, &parent, &group) == 0 && group == walk->group);
}

/* The pidfd comes first: between a look into /proc and kill(2) the number could become that of
 * somebody else's process. */
static int visit(unsigned pid, void *arg)
{
	struct walk *walk = arg;
	int pidfd;

	if (pid == (unsigned)getpid())
		return 0;
	pidfd = sys_pidfd_open((pid_t)pid);
	if (is_meant(walk, pid)) {
		walk->count++;
		if (walk->sig && pidfd >= 0)
			send_pidfd(pidfd, walk->sig, walk->info);
		else if (walk->sig) /* before 5.3 */
			(void)sys_forward_signal((pid_t)pid, walk->sig, walk->info);
	}
	if (pidfd >= 0)
		(void)close(pidfd);
	return 0;
}

static int walk_descendants(struct walk *walk)
{
	int dir, err;

	if (!proc_is_ours())
		return -ESRCH;
	dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = sys_each_number(dir, visit, walk);
	(void)close(dir);
	return err;
}

unsigned signals_count_descendants(void)
{
	struct walk walk = { 0 };

	(void)walk_descendants(&walk);
	return walk.count;
}

void signals_send_all(const struct supervisor *s, int sig, siginfo_t *info)
{
	struct walk walk = { .sig = sig, .info = info };

	/* kill(-1) means "this PID namespace" only to its init; to anybody else it means "every
	 * process of this user". It can't carry a value. */
	if (s->is_init && !sys_signal_value(sig, info))
		(void)sys_kill(-1, sig);
	else if (walk_descendants(&walk) == 0)
		return;
	else if (s->is_init)
		(void)sys_kill(-1, sig);
	else
		send_agent(&s->agent, sig, info);
}

static void send_group(const struct agent *agent, int sig, siginfo_t *info)
{
	struct walk walk = { .sig = sig, .info = info, .group = (unsigned)agent->pid };

	if (sys_signal_value(sig, info) && walk_descendants(&walk) == 0 && walk.count)
		return;
	/* ESRCH: forked, but not yet in its group. */
	if (sys_kill(-agent->pid, sig) == -ESRCH)
		send_agent(agent, sig, info);
}

void signals_send(const struct supervisor *s, int sig, siginfo_t *info)
{
	if (s->config->target == CRADLE_TARGET_ALL || !s->agent.pid)
		signals_send_all(s, sig, info);
	else if (s->config->target == CRADLE_TARGET_GROUP && s->agent.own_group)
		send_group(&s->agent, sig, info);
	else
		send_agent(&s->agent, sig, info);
}
