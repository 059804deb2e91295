/* From counts to a policy's text, and back. */
#include "../learn_text.h"
#include "learn_choose.h"
#include "memory.h"
#include "names.h"
#include "parse.h"
#include "tap.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static const struct policy_context context;

static void note(struct learn_record *record, const char *name, uint64_t a, uint64_t b,
		 unsigned long count)
{
	const uint64_t args[POLICY_ARGS] = { a, b };

	learn_note(record, policy_call_number(name), args, count);
}

/* The line that begins so, or NULL. */
static const char *find_line(const char *text, const char *begin)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (!strncmp(text, begin, strlen(begin)))
			return text;
	}
	return NULL;
}

static bool has(const char *text, const char *begin)
{
	if (find_line(text, begin))
		return true;
	printf("# no line '%s' in:\n# %s\n", begin, text);
	return false;
}

static bool allows(const struct policy *policy, const char *name, uint64_t a, uint64_t b)
{
	const uint64_t args[POLICY_ARGS] = { a, b };

	return policy_eval(policy, policy_call_number(name), args, NULL).act == POLICY_ALLOW;
}

static void parse(struct policy *policy, const char *text)
{
	policy_init(policy, "learnt");
	tap_ok(policy_parse_text(policy, "learnt", text, &context) == 0, "it is a policy");
}

static void note_a_program(struct learn_record *record)
{
	note(record, "execve", 0, 0, 1);
	note(record, "mmap", 0, 0, 30);
	note(record, "read", 0, 0, 12);
	note(record, "openat", 0, 0, 7);
	note(record, "socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 2);
	note(record, "socket", AF_INET, SOCK_STREAM, 1);
	note(record, "socket", AF_UNIX, SOCK_DGRAM, 1);
	note(record, "ioctl", 0, TCGETS, 4);
	note(record, "ioctl", 0, TIOCGWINSZ, 1);
	note(record, "ioctl", 0, (uint64_t)1 << 32 | TCGETS, 1);
	note(record, "clone", SIGCHLD, 0, 1);
	note(record, "clone", CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 2);
	note(record, "prctl", PR_SET_NAME, 0, 1);
}

static void test_text(void)
{
	struct learn_record record = { .runs = 1, .hidden = 5 };
	char *text;

	note_a_program(&record);
	text = write_text(&record);
	tap_ok(has(text, "default EPERM\n"), "the rest is denied");
	tap_ok(has(text, "allow @default                                  # 31 times\n"),
	       "@default is in, with its count");
	tap_ok(has(text, "allow openat                                    # 7 times\n"),
	       "a call has a line with its count");
	tap_ok(has(text, "allow ioctl if arg1 in {TCGETS, TIOCGWINSZ}     # 6 times\n"),
	       "ioctl's commands, in 32 bits");
	tap_ok(has(text, "allow socket if arg0 == AF_UNIX and arg1 & 0xf == SOCK_DGRAM # 1 time\n"),
	       "socket's family and type");
	tap_ok(has(text,
		   "allow socket if arg0 == AF_INET and arg1 & 0xf == SOCK_STREAM # 3 times\n"),
	       "close-on-exec is no other type");
	tap_ok(has(text,
		   "allow clone if arg0 & CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|"
		   "CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET == 0 # 3 times\n"),
	       "clone without namespaces, by their names");
	tap_ok(has(text, "allow prctl if arg0 == PR_SET_NAME "), "prctl's option");
	tap_ok(has(text, "deny ENOSYS clone3                              # 5 times\n"),
	       "clone3 is told not to exist");
	tap_ok(!find_line(text, "allow @basic-io"), "one call doesn't bring in a group");
	tap_ok(find_line(text, "allow clone") < find_line(text, "allow openat") &&
		       find_line(text, "allow openat") < find_line(text, "allow socket"),
	       "the lines are sorted");
	free(text);
	learn_finish(&record);
}

static void test_meaning(void)
{
	struct learn_record record = { .runs = 1 };
	struct policy policy;
	char *text;

	note_a_program(&record);
	text = write_text(&record);
	parse(&policy, text);
	tap_ok(allows(&policy, "read", 0, 0) && allows(&policy, "openat", 0, 0), "calls that came");
	tap_ok(!allows(&policy, "write", 0, 0) && !allows(&policy, "unlink", 0, 0),
	       "calls that didn't come");
	tap_ok(allows(&policy, "socket", AF_INET, SOCK_STREAM | SOCK_NONBLOCK) &&
		       !allows(&policy, "socket", AF_INET, SOCK_DGRAM) &&
		       !allows(&policy, "socket", AF_INET6, SOCK_STREAM),
	       "sockets that came");
	tap_ok(allows(&policy, "clone", SIGCHLD, 0) &&
		       !allows(&policy, "clone", CLONE_NEWUSER | SIGCHLD, 0),
	       "no clone into namespaces");
	tap_ok(allows(&policy, "ioctl", 1, TCGETS) && !allows(&policy, "ioctl", 1, TIOCSTI),
	       "ioctls that came");
	tap_ok(allows(&policy, "exit_group", 0, 0) && allows(&policy, "rt_sigreturn", 0, 0) &&
		       allows(&policy, "restart_syscall", 0, 0) &&
		       allows(&policy, "clock_gettime", 0, 0) && allows(&policy, "getcpu", 0, 0) &&
		       allows(&policy, "gettimeofday", 0, 0) && allows(&policy, "time", 0, 0) &&
		       allows(&policy, "rt_sigaction", 0, 0) && allows(&policy, "execve", 0, 0),
	       "what every program may need is in, though it didn't come");
	policy_finish(&policy);
	free(text);
	learn_finish(&record);
}

/* More names than a line has room for. */
static void test_many_names(void)
{
	struct learn_record record = { .runs = 1 };
	struct policy policy;
	char *text;

	note(&record, "unshare", 0x7fffffff, 0, 1);
	note(&record, "unshare", 0x7cfffeff, 0, 1);
	text = write_text(&record);
	parse(&policy, text);
	tap_ok(allows(&policy, "unshare", 0x7fffffff, 0) &&
		       allows(&policy, "unshare", 0x7cfffeff, 0) &&
		       !allows(&policy, "unshare", CLONE_NEWUSER, 0),
	       "all flags at once are themselves");
	policy_finish(&policy);
	free(text);
	learn_finish(&record);
}

static void test_groups(void)
{
	static const char *const io[] = { "read", "write", "close", "lseek", "pread64",
					  "dup",  "dup2",  "dup3",  "readv", "writev" };
	static const char *const clock[] = { "clock_settime", "settimeofday" };
	struct learn_record record = { .runs = 1 };
	char *text;

	for (size_t i = 0; i < sizeof(io) / sizeof(io[0]); i++)
		note(&record, io[i], 0, 0, 1);
	note(&record, "adjtimex", 0, 0, 1);
	note(&record, "clock_adjtime", 0, 0, 1);
	text = write_text(&record);
	tap_ok(has(text, "allow @basic-io                                 # 10 times\n"),
	       "most of a harmless group makes the group");
	tap_ok(!find_line(text, "allow read"), "what a group has has no line of its own");
	tap_ok(!find_line(text, "allow @clock") && has(text, "allow adjtimex"),
	       "two of four risky calls don't bring in the others");
	free(text);
	for (size_t i = 0; i < sizeof(clock) / sizeof(clock[0]); i++)
		note(&record, clock[i], 0, 0, 1);
	text = write_text(&record);
	tap_ok(has(text, "allow @clock                                    # 4 times\n"),
	       "all of a risky group makes the group");
	free(text);
	learn_finish(&record);
}

/* Whatever calls came, the groups chosen add none of those that reach far. */
static void test_groups_add_no_risk(void)
{
	static const char *const risky[] = { "ptrace",           "bpf",           "mount",
					     "unshare",          "setns",         "keyctl",
					     "add_key",          "userfaultfd",   "io_uring_setup",
					     "init_module",      "kexec_load",    "perf_event_open",
					     "setuid",           "chroot",        "reboot",
					     "swapon",           "clock_settime", "clone3",
					     "process_vm_readv", "ioperm",        "pivot_root" };
	unsigned added = 0;

	for (unsigned round = 0; round < 300; round++) {
		struct learn_record record = { .runs = 1 };
		struct learn_choice choice;

		srand(round);
		for (int nr = 0; nr < 335; nr++) {
			const char *name = policy_call_name(nr);
			bool is_risky = false;

			for (size_t i = 0; name && i < sizeof(risky) / sizeof(risky[0]); i++)
				is_risky |= !strcmp(name, risky[i]);
			if (name && !is_risky && rand() % 100 < (int)(round % 100))
				note(&record, name, 0, 0, 1);
		}
		learn_choose(&choice, &record);
		for (size_t i = 0; i < sizeof(risky) / sizeof(risky[0]); i++)
			added += learn_is_chosen(&choice, policy_call_number(risky[i]));
		learn_finish(&record);
	}
	tap_ok(added == 0, "no risky call comes in with a group (%u)", added);
}

static void test_round_trip(void)
{
	struct learn_record record = { .runs = 3, .hidden = 5 }, again = { 0 };
	char *text, *same;

	note_a_program(&record);
	learn_note_arch(&record, SCMP_ARCH_X86);
	text = write_text(&record);
	tap_ok(learn_read(&again, "learnt", text, &context) == 0, "a learnt file is read");
	same = write_text(&again);
	tap_ok(!strcmp(text, same), "what is read is written as it was");
	if (strcmp(text, same) != 0)
		printf("%s\n%s\n", text, same);
	free(same);
	again.runs++;
	note(&again, "openat", 0, 0, 2);
	note(&again, "unlink", 0, 0, 1);
	same = write_text(&again);
	tap_ok(strstr(same, " in 4 runs.\n") &&
		       has(same, "allow openat                                    # 9 times\n") &&
		       has(same, "allow unlink "),
	       "another run is added");
	free(same);
	free(text);
	learn_finish(&record);
	learn_finish(&again);
}

/* As an editor of another system's saves it; the caller frees it. */
static char *foreign(const char *text)
{
	char *copy = memory_grow(NULL, 2 * strlen(text) + 4, 1), *to = copy;

	to = stpcpy(to, "\xef\xbb\xbf");
	for (; *text; *to++ = *text++) {
		if (*text == '\n')
			*to++ = '\r';
	}
	*to = '\0';
	return copy;
}

static void test_foreign(void)
{
	struct learn_record record = { .runs = 3, .hidden = 5 }, again = { 0 };
	char *text, *crlf, *same;

	note_a_program(&record);
	record.otherwise = strdup("default kill");
	learn_keep(&record, "deny EACCES ptrace", strlen("deny EACCES ptrace"));
	text = write_text(&record);
	crlf = foreign(text);
	crlf[strlen(crlf) - 2] = '\0'; /* without the last line's end, either */
	tap_ok(learn_read(&again, "learnt", crlf, &context) == 0, "CR LF is read");
	same = write_text(&again);
	tap_ok(!strcmp(text, same), "... as lines that nobody has changed");
	if (strcmp(text, same) != 0)
		printf("%s\n%s\n", text, same);
	free(same);
	free(crlf);
	free(text);
	learn_finish(&record);
	learn_finish(&again);
}

static void test_kept(void)
{
	static const char text[] = "# Learnt by cradle policy learn in 1 run.\n# two\n# three\n"
				   "default kill\n"
				   "\n"
				   "allow @default  # 4 times\n"
				   "allow openat # 2 times\n"
				   "# mine\n"
				   "allow ioctl # 3 times\n"
				   "deny EACCES ptrace\n"
				   "allow read \\\n"
				   "   write\n";
	struct learn_record record = { .runs = 1 };
	char *out;

	tap_ok(learn_read(&record, "learnt", text, &context) == 0, "an edited file is read");
	note(&record, "ptrace", 0, 0, 1);
	out = write_text(&record);
	tap_ok(has(out, "default kill\n"), "the default stays");
	tap_ok(strstr(out, "\n\n# mine\nallow ioctl # 3 times\ndeny EACCES ptrace\nallow read \\\n"
			   "   write\n"),
	       "lines that learn didn't write stay, at the end");
	tap_ok(find_line(out, "allow ptrace") &&
		       find_line(out, "allow ptrace") < find_line(out, "deny EACCES"),
	       "a denial by hand wins over what was learnt");
	free(out);
	learn_finish(&record);
}

static void test_cut_off(void)
{
	static const char text[] = "# Learnt by cradle policy learn in 1 run.\n# two\n# three\n"
				   "default EPERM\n"
				   "allow openat # 2 times";
	struct learn_record record = { .runs = 1 };
	char *out;

	tap_ok(learn_read(&record, "learnt", text, &context) == 0, "a file may end in its line");
	note(&record, "openat", 0, 0, 1);
	out = write_text(&record);
	tap_ok(has(out, "allow openat                                    # 3 times\n"),
	       "whose number is read as any other");
	free(out);
	learn_finish(&record);
}

/* Somebody's edit, or a sum of sums: more is the most that there is. */
static void test_most(void)
{
	char text[512], most[64];
	struct learn_record record = { .runs = 1 };
	char *out;

	(void)snprintf(text, sizeof(text),
		       "# Learnt by cradle policy learn in %lu runs.\n# two\n# three\n"
		       "default EPERM\n"
		       "allow @default # 5 times\n"
		       "allow openat # %lu0 times\n"
		       "allow openat # %lu times\n"
		       "allow mkdirat # -1 times\n"
		       "deny ENOSYS clone3 # %lu times\n"
		       "deny ENOSYS clone3 # 2 times\n",
		       ULONG_MAX, ULONG_MAX, ULONG_MAX - 1, ULONG_MAX);
	(void)snprintf(most, sizeof(most), "# %lu times\n", ULONG_MAX);
	tap_ok(learn_read(&record, "learnt", text, &context) == 0, "the largest counts are read");
	note(&record, "openat", 0, 0, 7);
	tap_ok(record.runs == ULONG_MAX && record.hidden == ULONG_MAX, "more is the most");
	out = write_text(&record);
	tap_ok(strstr(find_line(out, "allow openat ") ?: "", most), "... of a call, too");
	tap_ok(has(out, "allow mkdirat # -1 times\n"), "no call came less than never");
	free(out);
	learn_finish(&record);
}

static void test_refused(void)
{
	struct learn_record record = { .runs = 1 };

	tap_ok(learn_read(&record, "other", "default EPERM\nallow read\n", &context) == -EINVAL,
	       "a file that learn didn't write isn't merged with");
	tap_ok(learn_read(&record, "broken",
			  "# Learnt by cradle policy learn in 1 run.\nallov read\n", &context) < 0,
	       "nor one that isn't a policy");
	learn_finish(&record);
}

int main(void)
{
	test_text();
	test_meaning();
	test_many_names();
	test_groups();
	test_groups_add_no_risk();
	test_round_trip();
	test_foreign();
	test_kept();
	test_cut_off();
	test_most();
	test_refused();
	return tap_done();
}
