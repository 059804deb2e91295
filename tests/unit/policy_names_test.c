/* Names: of calls, groups, constants, and how wide arguments are. */
#include "tap.h"

#include "constants.h"
#include "groups.h"
#include "names.h"
#include "spell.h"
#include "width.h"

#include <limits.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static void test_calls(void)
{
	int nr = INT_MIN, last = INT_MIN;
	bool good = true;

	tap_ok(policy_call_number("read") == SYS_read, "read has the kernel's number");
	tap_ok(policy_call_number("mseal") == 462, "a call newer than libseccomp has its number");
	tap_ok(policy_call_number("nonesuch") == POLICY_NO_CALL, "nonsense has none");
	tap_ok(policy_call_number("mmap2") < POLICY_NO_CALL, "another architecture's is negative");
	tap_ok(!policy_call_name(599) && !policy_call_name(POLICY_NO_CALL), "no number, no name");
	while (policy_next_call(&nr, true)) {
		good &= nr > last && policy_call_number(policy_call_name(nr)) == nr;
		last = nr;
	}
	tap_ok(good && last >= 471, "every name leads back to its number");
}

/* A name that nobody knows would be dropped without a word. */
static void test_groups(void)
{
	size_t n;
	const struct policy_group *group = policy_groups(&n);
	const struct policy_group *known = policy_group("@known");
	unsigned empty = 0, beyond = 0;

	for (size_t i = 0; i < n; i++) {
		empty += !group[i].ncalls || !group[i].about[0];
		for (size_t j = 0; j < group[i].ncalls && &group[i] != known; j++)
			beyond += group[i].nr[j] >= 460;
	}
	tap_ok(n == 34 && !empty, "all groups have calls and say what for");
	tap_ok(!beyond, "calls from 460 up are in @known alone");
	tap_ok(policy_group("@swap") && policy_group("@swap")->ncalls == 2, "@swap has two calls");
	tap_ok(policy_group("@privileged")->ncalls > policy_group("@chown")->ncalls,
	       "groups contain groups");
	tap_ok(!policy_group("@nonesuch") && !policy_group("swap"), "no such group");
}

static const struct written {
	const char *call;
	unsigned arg;
	uint64_t value;
	const char *text;
} written[] = {
	{ "socket", 0, 1, "AF_UNIX" },
	{ "socket", 0, 16, "AF_NETLINK" },
	{ "socket", 0, 1 | 1ULL << 32, "AF_UNIX" },
	{ "socket", 0, 300, "300" },
	{ "socket", 1, 02004001, "SOCK_NONBLOCK|SOCK_CLOEXEC|SOCK_STREAM" },
	{ "ioctl", 1, 0x5412, "TIOCSTI" },
	{ "ioctl", 1, 0x541b, "FIONREAD" },
	{ "ioctl", 1, 0xdead0001, "0xdead0001" },
	{ "clone", 0, CLONE_VM | CLONE_VFORK | 17, "CLONE_VM|CLONE_VFORK|SIGCHLD" },
	{ "clone", 0, 17, "SIGCHLD" },
	{ "clone", 0, 0, "0" },
	{ "prctl", 0, 1, "PR_SET_PDEATHSIG" },
	{ "prctl", 0, 8, "PR_SET_KEEPCAPS" },
	{ "prctl", 0, 38, "PR_SET_NO_NEW_PRIVS" },
	{ "personality", 0, 0xffffffff, "0xffffffff" },
	{ "personality", 0, 8, "PER_LINUX32" },
	{ "personality", 0, 0x0040000, "ADDR_NO_RANDOMIZE" },
	{ "openat", 0, (uint64_t)-100, "AT_FDCWD" },
	{ "openat", 2, 0, "O_RDONLY" },
	{ "openat", 2, 01101, "O_WRONLY|O_CREAT|O_TRUNC" },
	{ "mmap", 2, 5, "PROT_READ|PROT_EXEC" },
	{ "mmap", 2, 5 | 1ULL << 40, "PROT_READ|PROT_EXEC|0x10000000000" },
	{ "kill", 1, 9, "SIGKILL" },
	{ "ptrace", 0, 0x4206, "PTRACE_SEIZE" },
	{ "futex", 1, 129, "FUTEX_PRIVATE_FLAG|FUTEX_WAKE" },
	{ "fcntl", 1, 1030, "F_DUPFD_CLOEXEC" },
	/* Of names for one number, that of the argument, not of what stands in its structures. */
	{ "accept4", 3, 1, "0x1" },
	{ "clone", 0, CLONE_VM | 0x80, "CLONE_VM|0x80" },
	{ "execveat", 4, 0x200, "0x200" },
	{ "execveat", 4, 0x1000, "AT_EMPTY_PATH" },
	{ "futex", 1, 2, "FUTEX_FD" },
	{ "futex", 1, 3, "FUTEX_REQUEUE" },
	{ "futex", 1, 4, "FUTEX_CMP_REQUEUE" },
	{ "futex", 1, 132, "FUTEX_PRIVATE_FLAG|FUTEX_CMP_REQUEUE" },
	{ "getrlimit", 0, 7, "RLIMIT_NOFILE" },
	{ "getrlimit", 0, 16, "16" },
	{ "ioctl", 1, 0, "0" },
	{ "ioctl", 1, 2, "FIGETBSZ" },
	{ "ioctl", 1, 4, "4" },
	{ "ioctl", 1, 15, "15" },
	{ "ioctl", 1, 29, "29" },
	{ "ioctl", 1, 0x40, "64" },
	{ "ioctl", 1, 0x4c02, "LOOP_SET_STATUS" },
	{ "ioctl", 1, 0x5407, "TCSETAW" },
	{ "ioctl", 1, 0x540a, "TCXONC" },
	{ "ioctl", 1, 0x5602, "VT_SETMODE" },
	{ "ioctl", 1, 0x8933, "SIOCGIFINDEX" },
	{ "keyctl", 0, 1, "KEYCTL_JOIN_SESSION_KEYRING" },
	{ "keyctl", 0, 30, "KEYCTL_MOVE" },
	{ "keyctl", 0, 31, "KEYCTL_CAPABILITIES" },
	{ "mmap", 3, 26, "MAP_PRIVATE|MAP_FIXED|0x8" },
	{ "mmap", 3, UINT64_MAX, "0xffffffffffffffff" },
	{ "newfstatat", 3, 0, "0" },
	{ "newfstatat", 3, 0x200, "0x200" },
	{ "prctl", 0, 0, "0" },
	{ "prctl", 0, 33, "PR_MCE_KILL" },
	{ "prctl", 0, UINT32_MAX, "0xffffffff" },
	{ "ptrace", 0, 1, "PTRACE_PEEKTEXT" },
	{ "sched_setscheduler", 1, 4, "4" },
	{ "sched_setscheduler", 1, 6, "SCHED_DEADLINE" },
	{ "setns", 1, 64, "0x40" },
	{ "socket", 1, 0, "0" },
	{ "socket", 1, 15, "0xf" },
	{ "socket", 1, 255, "0xff" },
	{ "unshare", 0, 64, "0x40" },
	{ "unshare", 0, 0x80, "CLONE_NEWTIME" },
	{ "wait4", 2, 0x82, "WUNTRACED|0x80" },
	{ "read", 2, 512, "512" },
	{ "read", 2, 1 << 20, "0x100000" },
};

static void test_constants(void)
{
	size_t n;
	const struct policy_constant *all = policy_constants(&n);
	bool sorted = true;
	char text[256];

	for (size_t i = 1; i < n; i++)
		sorted &= strcmp(all[i - 1].name, all[i].name) < 0;
	tap_ok(n > 1000 && sorted, "constants are sorted");
	tap_ok(policy_constant("AF_INET") && policy_constant("AF_INET")->value == 2,
	       "AF_INET is 2");
	tap_ok(!policy_constant("AF_NONESUCH"), "nonsense is nothing");
	tap_ok(!strcmp(policy_constant_name("E", 11), "EAGAIN"), "11 is EAGAIN, not EWOULDBLOCK");
	tap_ok(!policy_constant_name("AF_", 999), "no name for 999");
	tap_ok(policy_constant("KEYCTL_MOVE_EXCL") && policy_constant("CLONE_ARGS_SIZE_VER0") &&
		       policy_constant("TCOOFF") && policy_constant("SEEK_MAX"),
	       "what is never written is understood");
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		const struct written *w = &written[i];

		(void)policy_argument_text(policy_call_number(w->call), w->arg, w->value, text,
					   sizeof(text));
		tap_ok(!strcmp(text, w->text), "%s arg%u %s", w->call, w->arg, w->text);
	}
}

/* What a policy reads from the text; 0: nothing. */
static uint64_t read_text(char *text)
{
	uint64_t value = 0;

	for (char *word = strtok(text, "|"); word; word = strtok(NULL, "|")) {
		const struct policy_constant *constant = policy_constant(word);

		if (!constant && (*word < '0' || *word > '9'))
			return 0;
		value |= constant ? constant->value : strtoull(word, NULL, 0);
	}
	return value;
}

/* The same number, whatever there is room for. */
static void test_room(void)
{
	static const size_t sizes[] = { POLICY_NUMBER, 30, 64, 256 };
	unsigned wrong = 0, tried = 0;
	char text[256];

	srandom(1);
	for (int nr = 0; nr < 480; nr++) {
		for (unsigned i = 0; i < 6000; i++) {
			unsigned arg = i % 6;
			uint64_t all = policy_width_low(nr, arg) ? UINT32_MAX : UINT64_MAX;
			uint64_t value = ((uint64_t)random() << 32 | (uint64_t)random() << 1 |
					  (uint64_t)random() % 2) >>
					 random() % 64;

			if (!policy_argument_prefix(nr, arg, NULL))
				continue;
			(void)policy_argument_text(nr, arg, value, text, sizes[i / 6 % 4]);
			wrong += ((read_text(text) ^ value) & all) != 0;
			tried++;
		}
	}
	tap_ok(tried > 10000 && !wrong, "names say the number that they stand for (%u of %u)",
	       tried - wrong, tried);
	(void)policy_argument_text(SYS_mount, 3, UINT64_MAX >> 1, text, sizeof(text));
	tap_ok(!strcmp(text, "0x7fffffffffffffff"), "one number where names have no room");
}

static const struct {
	const char *call;
	unsigned arg;
	bool low;
} widths[] = {
	{ "ioctl", 0, true },   { "ioctl", 1, true },       { "ioctl", 2, false },
	{ "socket", 2, true },  { "clone", 0, true },       { "clone", 1, false },
	{ "prctl", 0, true },   { "prctl", 1, false },      { "unshare", 0, false },
	{ "ptrace", 0, false }, { "personality", 0, true }, { "read", 2, false },
	{ "openat", 0, true },  { "openat", 1, false },     { "openat", 2, true },
	{ "mmap", 2, false },   { "read", 5, false },       { "getpid", 0, false },
	{ "writev", 0, true },  { "accept", 0, true },      { "write", 0, true },
};

static void test_widths(void)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		tap_ok(policy_width_low(policy_call_number(widths[i].call), widths[i].arg) ==
			       widths[i].low,
		       "%s reads %s of arg%u", widths[i].call, widths[i].low ? "32 bits" : "all",
		       widths[i].arg);
}

static const char *nearest(const char *word)
{
	static const char *const words[] = { "open", "openat", "read", "readv", "ENOSR", "ENOSYS" };
	struct spelling spelling;

	spell_begin(&spelling, word, strlen(word));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		spell_offer(&spelling, words[i]);
	return spelling.best ? spelling.best : "";
}

static void test_spelling(void)
{
	tap_ok(!strcmp(nearest("opne"), "open"), "neighbours swapped");
	tap_ok(!strcmp(nearest("raed"), "read"), "the nearest of several");
	tap_ok(!strcmp(nearest("openta"), "openat"), "the longer one");
	tap_ok(!strcmp(nearest("ENOSY"), "ENOSYS"), "of equals the one that begins alike");
	tap_ok(!strcmp(nearest("xyzzy"), ""), "no help is better than a wild guess");
	tap_ok(!strcmp(nearest("x"), ""), "a letter is no word");
	tap_ok(!strcmp(nearest("opennnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"), ""),
	       "a long one neither");
}

int main(void)
{
	test_calls();
	test_groups();
	test_constants();
	test_room();
	test_widths();
	test_spelling();
	return tap_done();
}
