/* Signals as the kernel numbers them, 1 to 64: system calls and no C library, which keeps 32 to 34.
 */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {
	"0",    "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
	"SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
	"TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS",
};

int signal_number(const char *text)
{
	for (int i = 1; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		if (!strcasecmp(names[i], text))
			return i;
	}
	if (!strncmp(text, "RTMIN+", 6))
		return 34 + (int)number(text + 6);
	return (int)number(text);
}

void signal_mask(int how, uint64_t set)
{
	if (syscall(SYS_rt_sigprocmask, how, &set, NULL, sizeof(set)))
		trouble("cannot set the signal mask");
}

void signal_disposition(int sig, bool ignore)
{
	struct {
		uintptr_t handler;
		unsigned long flags;
#ifndef __riscv
		uintptr_t restorer;
#endif
		uint64_t mask;
	} action = { .handler = (uintptr_t)(ignore ? SIG_IGN : SIG_DFL) };

	/* KILL and STOP can't be set: they need not be. */
	(void)syscall(SYS_rt_sigaction, sig, &action, NULL, sizeof(action.mask));
}

bool signal_wait(uint64_t set, struct received *got, int seconds)
{
	struct timespec deadline = { .tv_sec = seconds };
	siginfo_t info;
	long sig;

	do
		sig = syscall(SYS_rt_sigtimedwait, &set, &info, &deadline, sizeof(set));
	while (sig < 0 && errno == EINTR);
	if (sig < 0)
		return false;
	*got = (struct received){ (int)sig, info.si_code, info.si_value.sival_int, info.si_pid };
	return true;
}

void signal_report(const char *who, const struct received *got)
{
	/* Only a queued signal has a value; elsewhere the field is something else or nothing. */
	if (got->code == SI_QUEUE)
		say("%s got %d code=%d value=%d pid=%d", who, got->sig, got->code, got->value,
		    (int)got->pid);
	else
		say("%s got %d code=%d pid=%d", who, got->sig, got->code, (int)got->pid);
}

static uint64_t signal_set(int argc, char **argv)
{
	uint64_t set = 0;

	for (int i = 0; i < argc; i++)
		set |= !strcmp(argv[i], "all") ? ALL_SIGNALS : SIGNAL_BIT(signal_number(argv[i]));
	return set;
}

/* catch COUNT SIG...: report so many, in the order they come */
int verb_catch(int argc, char **argv)
{
	uint64_t set = signal_set(argc - 1, argv + 1);
	struct received got;

	signal_mask(SIG_BLOCK, set);
	say("ready pid=%d", (int)getpid());
	for (long left = number(argv[0]); left > 0; left--) {
		if (!signal_wait(set, &got, PROBE_DEADLINE))
			trouble("%ld signals did not come", left);
		signal_report("agent", &got);
	}
	return 0;
}

/* catch-until LAST SIG...: report all up to LAST, which is one of them or not */
int verb_catch_until(int argc, char **argv)
{
	int last = signal_number(argv[0]);
	uint64_t set = signal_set(argc, argv);
	struct received got = { 0 };

	signal_mask(SIG_BLOCK, set);
	say("ready pid=%d", (int)getpid());
	while (got.sig != last) {
		if (!signal_wait(set, &got, PROBE_DEADLINE))
			trouble("signal %d did not come", last);
		signal_report("agent", &got);
	}
	return 0;
}

/* relay SIG...: send each to our parent, the init, and report what it makes of it. What came for
 * one is complete when the mark, queued behind it, is there. */
int verb_relay(int argc, char **argv)
{
	const int mark = 63;
	struct received got;

	signal_mask(SIG_BLOCK, ALL_SIGNALS);
	for (int i = 0; i < argc; i++) {
		int sig = signal_number(argv[i]);

		if (kill(getppid(), sig))
			trouble("cannot send %d to init", sig);
		if (sig == mark)
			continue;
		/* Queued signals come lowest number first, and so may not be in the order sent. */
		if (!signal_wait(ALL_SIGNALS, &got, PROBE_DEADLINE))
			trouble("signal %d did not come back", sig);
		signal_report("agent", &got);
		if (kill(getppid(), mark))
			trouble("cannot send the mark to init");
		while (signal_wait(ALL_SIGNALS, &got, PROBE_DEADLINE) && got.sig != mark)
			signal_report("agent", &got);
	}
	return 0;
}

/* sync: returns when init has settled and looks at its signals */
int verb_sync(int argc, char **argv)
{
	struct received got;

	(void)argc;
	(void)argv;
	signal_mask(SIG_BLOCK, SIGNAL_BIT(63));
	if (kill(getppid(), 63) || !signal_wait(SIGNAL_BIT(63), &got, PROBE_DEADLINE))
		trouble("init gives no sign");
	signal_mask(SIG_UNBLOCK, SIGNAL_BIT(63));
	return 0;
}

int verb_ignore(int argc, char **argv)
{
	uint64_t set = signal_set(argc, argv);

	for (int sig = 1; sig < PROBE_NSIG; sig++) {
		if (set & SIGNAL_BIT(sig))
			signal_disposition(sig, true);
	}
	return 0;
}

/* All 64 default and none blocked, also those that env --default-signal can't reach. */
int verb_default(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int sig = 1; sig < PROBE_NSIG; sig++)
		signal_disposition(sig, false);
	signal_mask(SIG_SETMASK, 0);
	return 0;
}

int verb_block(int argc, char **argv)
{
	signal_mask(SIG_BLOCK, signal_set(argc, argv));
	return 0;
}

int verb_kill(int argc, char **argv)
{
	(void)argc;
	return kill(process(argv[0]), signal_number(argv[1]));
}

/* sigqueue PID SIG VALUE... */
int verb_sigqueue(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		siginfo_t info = { .si_signo = signal_number(argv[1]), .si_code = SI_QUEUE };

		info.si_pid = getpid();
		info.si_value.sival_int = (int)number(argv[i]);
		if (syscall(SYS_rt_sigqueueinfo, process(argv[0]), info.si_signo, &info))
			return -1;
	}
	return 0;
}

/* die SIG, of it, whatever was inherited */
int verb_die(int argc, char **argv)
{
	int sig = signal_number(argv[0]);

	(void)argc;
	signal_disposition(sig, false);
	signal_mask(SIG_SETMASK, 0);
	/* The default of CHLD, CONT, URG and WINCH is to go on, that of the stop signals to stop.
	 */
	return kill(getpid(), sig);
}

int verb_pending(int argc, char **argv)
{
	uint64_t set = 0;

	(void)argc;
	(void)argv;
	if (syscall(SYS_rt_sigpending, &set, sizeof(set)))
		return -1;
	say("pending=%016llx", (unsigned long long)set);
	return 0;
}

/* status [PID]: its signal masks */
int verb_status(int argc, char **argv)
{
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status",
		       (int)process(argc ? argv[0] : "self"));
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		char name[16];
		unsigned long long set;

		if (sscanf(line, "%15[^:]: %llx", name, &set) == 2 &&
		    strstr("SigBlk SigIgn SigCgt", name) && strlen(name) == 6)
			say("%s=%016llx", name, set);
	}
	(void)fclose(file);
	return 0;
}
