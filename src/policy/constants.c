/* Numbers by the names that the system's headers have for them; make lists the names. */
#include "constant_headers.h"
#include "constants.h"

#include "names.h"
#include "width.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct policy_constant constants[] = {
#include "policy_constants.h"
};

enum { NCONSTANTS = sizeof(constants) / sizeof(constants[0]) };

/* Understood but never written: another name is the usual one, or it's no value but a bound, a
 * shift, or what a call returns. */
static const char unusual[] =
	" AF_FILE AF_LOCAL AF_MAX AF_ROUTE EDEADLOCK EWOULDBLOCK FUTEX_CMD_MASK IPPROTO_MAX "
	"MAP_ANON MAP_FAILED MAP_FILE MAP_HUGE_MASK MAP_HUGE_SHIFT MSG_TRYHARD MS_ASYNC "
	"MS_INVALIDATE MS_SYNC O_FSYNC O_NDELAY PER_MASK PRIO_MAX PRIO_MIN PTRACE_O_MASK "
	"RLIMIT_NLIMITS RLIMIT_OFILE SEEK_MAX SIGCLD SIGIOT SIGPOLL SIOCINQ SIOCOUTQ SIOGIFINDEX "
	"SOCK_NDELAY TIOCINQ ";

/* Words that several arguments have in common. Behind a minus stands what only looks like one of
 * the family: the headers begin a command's own values, sizes and masks with the same letters. */
#define CLONE_FLAGS  "CLONE_ -CLONE_ARGS_"
#define SOCKET_FLAGS "SOCK_CLOEXEC SOCK_NONBLOCK"
#define SOCKET_TYPES                                                              \
	"SOCK_ -SOCK_BUF_ -SOCK_CLOEXEC -SOCK_IOC_ -SOCK_NONBLOCK -SOCK_RCVBUF_ " \
	"-SOCK_SNDBUF_ -SOCK_TXREHASH_"
#define IOCTLS                                                                      \
	"TIOC TC -TCI -TCO -TCSADRAIN -TCSAFLUSH -TCSANOW FI SIO BLK -BLK_ KD VT_ " \
	"-VT_ACKACQ -VT_AUTO -VT_EVENT_ -VT_MAX_ -VT_PROCESS TUN LOOP_ "            \
	"-LOOP_CONFIGURE_ -LOOP_SET_STATUS_ FS_IOC_ RND NS_"
#define PRCTLS                                                                      \
	"PR_ -PR_SET_MM_ -PR_SET_PTRACER_ -PR_SET_VMA_ -PR_SPEC_ -PR_FP_ -PR_MTE_ " \
	"-PR_TSC_ -PR_CAP_AMBIENT_ -PR_SYS_DISPATCH_ -PR_TIMING_ -PR_UNALIGN_ "     \
	"-PR_ENDIAN_ -PR_FPEMU_ -PR_MCE_KILL_ -PR_SCHED_CORE_ -PR_SVE_ -PR_SME_ "   \
	"-PR_PAC_A -PR_TAGGED_ADDR_ -PR_MDWE_"
#define PTRACES                                                                     \
	"PTRACE_ -PTRACE_O_ -PTRACE_EVENT_ -PTRACE_EVENTMSG_ -PTRACE_PEEKSIGINFO_ " \
	"-PTRACE_SYSCALL_INFO_"

/* In which arguments which names are found. */
struct argument {
	const char *call;
	unsigned arg;
	const char *prefix;
	bool flags;
	/* Flags may share their word with a value: these bits, with names of their own. */
	uint64_t low;
	const char *low_prefix;
};

/* clang-format off */
static const struct argument arguments[] = {
	{ "socket",        0, "AF_", false, 0, NULL },
	{ "socket",        1, SOCKET_FLAGS, true, 0xf, SOCKET_TYPES },
	{ "socketpair",    0, "AF_", false, 0, NULL },
	{ "socketpair",    1, SOCKET_FLAGS, true, 0xf, SOCKET_TYPES },
	{ "accept4",       3, SOCKET_FLAGS, true, 0, NULL },
	{ "getsockopt",    1, "SOL_", false, 0, NULL },
	{ "setsockopt",    1, "SOL_", false, 0, NULL },
	{ "ioctl",         1, IOCTLS, false, 0, NULL },
	{ "fcntl",         1, "F_DUP F_GET F_SET F_OFD F_CANCEL F_NOTIFY F_ADD", false, 0, NULL },
	{ "prctl",         0, PRCTLS, false, 0, NULL },
	{ "arch_prctl",    0, "ARCH_", false, 0, NULL },
	/* CLONE_NEWTIME is one of the signal's bits. */
	{ "clone",         0, CLONE_FLAGS " -CLONE_NEWTIME", true, 0xff, "SIG" },
	{ "unshare",       0, CLONE_FLAGS, true, 0, NULL },
	{ "setns",         1, CLONE_FLAGS, true, 0, NULL },
	{ "personality",   0, "ADDR_ MMAP_ READ_ SHORT_ STICKY_ UNAME26 WHOLE_ FDPIC_", true, 0xff, "PER_" },
	{ "ptrace",        0, PTRACES, false, 0, NULL },
	{ "kill",          1, "SIG", false, 0, NULL },
	{ "tkill",         1, "SIG", false, 0, NULL },
	{ "tgkill",        2, "SIG", false, 0, NULL },
	{ "rt_sigaction",  0, "SIG", false, 0, NULL },
	{ "open",          1, "O_", true, 0, NULL },
	{ "openat",        0, "AT_FDCWD", false, 0, NULL },
	{ "openat",        2, "O_", true, 0, NULL },
	{ "mknod",         1, "S_IF", false, 0, NULL },
	{ "mknodat",       2, "S_IF", false, 0, NULL },
	{ "unlinkat",      2, "AT_REMOVEDIR", true, 0, NULL },
	{ "newfstatat",    3, "AT_EMPTY_PATH AT_NO_AUTOMOUNT AT_SYMLINK_", true, 0, NULL },
	{ "execveat",      4, "AT_EMPTY_PATH AT_EXECVE_CHECK AT_SYMLINK_", true, 0, NULL },
	{ "renameat2",     4, "RENAME_", true, 0, NULL },
	{ "fallocate",     1, "FALLOC_FL_", true, 0, NULL },
	{ "mmap",          2, "PROT_", true, 0, NULL },
	{ "mmap",          3, "MAP_", true, 0, NULL },
	{ "mprotect",      2, "PROT_", true, 0, NULL },
	{ "pkey_mprotect", 2, "PROT_", true, 0, NULL },
	{ "madvise",       2, "MADV_", false, 0, NULL },
	{ "mremap",        3, "MREMAP_", true, 0, NULL },
	{ "memfd_create",  1, "MFD_", true, 0, NULL },
	{ "getrandom",     2, "GRND_", true, 0, NULL },
	{ "futex",         1, "FUTEX_PRIVATE_FLAG FUTEX_CLOCK_REALTIME", true, 0x7f, "FUTEX_ -FUTEX_32 -FUTEX_OP_" },
	{ "seccomp",       0, "SECCOMP_SET_ SECCOMP_GET_", false, 0, NULL },
	{ "keyctl",        0, "KEYCTL_ -KEYCTL_CAPS -KEYCTL_MOVE_ -KEYCTL_SUPPORTS_", false, 0, NULL },
	{ "mount",         3, "MS_", true, 0, NULL },
	{ "reboot",        2, "LINUX_REBOOT_CMD_", false, 0, NULL },
	{ "prlimit64",     1, "RLIMIT_", false, 0, NULL },
	{ "getrlimit",     0, "RLIMIT_", false, 0, NULL },
	{ "setrlimit",     0, "RLIMIT_", false, 0, NULL },
	{ "clock_gettime", 0, "CLOCK_", false, 0, NULL },
	{ "clock_settime", 0, "CLOCK_", false, 0, NULL },
	{ "timer_create",  0, "CLOCK_", false, 0, NULL },
	{ "timerfd_create", 0, "CLOCK_", false, 0, NULL },
	{ "sched_setscheduler", 1, "SCHED_ -SCHED_FLAG_", false, 0, NULL },
	{ "wait4",         2, "WCONTINUED WNOHANG WUNTRACED", true, 0, NULL },
	{ "membarrier",    0, "MEMBARRIER_CMD_", false, 0, NULL },
};
/* clang-format on */

const struct policy_constant *policy_constants(size_t *n)
{
	*n = NCONSTANTS;
	return constants;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct policy_constant *)a)->name,
		      ((const struct policy_constant *)b)->name);
}

const struct policy_constant *policy_constant(const char *name)
{
	const struct policy_constant key = { .name = name };

	return bsearch(&key, constants, NCONSTANTS, sizeof(key), by_name);
}

/* Whether the name begins with one of the words, and with none of those after a minus. */
static bool has_prefix(const char *name, const char *words)
{
	bool found = false;

	while (*words) {
		bool not = *words == '-';
		size_t len = strcspn(words += not, " ");

		if (!strncmp(name, words, len)) {
			if (not )
				return false;
			found = true;
		}
		words += len;
		words += strspn(words, " ");
	}
	return found;
}

static bool is_usual(const char *name)
{
	char word[64];

	(void)snprintf(word, sizeof(word), " %s ", name);
	return !strstr(unusual, word);
}

/* A negative number is 64 bits long here, whatever it is elsewhere. */
static bool is_value(uint64_t constant, uint64_t value, uint64_t all)
{
	return constant == value ||
	       (all == UINT32_MAX && constant >= (uint64_t)INT32_MIN && (constant & all) == value);
}

/* Of names for the same value the shortest, as in EAGAIN, or the first. all: the bits that count.
 */
static const char *best_name(const char *prefix, uint64_t value, uint64_t all)
{
	const char *best = NULL;

	for (size_t i = 0; i < NCONSTANTS; i++) {
		const char *name = constants[i].name;

		if (is_value(constants[i].value, value, all) && has_prefix(name, prefix) &&
		    is_usual(name) && (!best || strlen(name) < strlen(best)))
			best = name;
	}
	return best;
}

const char *policy_constant_name(const char *prefix, uint64_t value)
{
	return best_name(prefix, value, UINT64_MAX);
}

static const struct argument *find(int nr, unsigned arg)
{
	const char *name = policy_call_name(nr);

	for (size_t i = 0; name && i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		if (arguments[i].arg == arg && !strcmp(arguments[i].call, name))
			return &arguments[i];
	}
	return NULL;
}

const char *policy_argument_prefix(int nr, unsigned arg, bool *flags)
{
	const struct argument *argument = find(nr, arg);

	if (flags)
		*flags = argument && argument->flags;
	return argument ? argument->prefix : NULL;
}

/* Words joined by |. */
struct words {
	char *text;
	size_t size;
	bool cut;
};

static void append(struct words *words, const char *word)
{
	size_t len = strlen(words->text), room = words->size - len;

	if ((size_t)snprintf(words->text + len, room, "%s%s", len ? "|" : "", word) >= room)
		words->cut = true;
}

static void append_hex(struct words *words, uint64_t value)
{
	char word[POLICY_NUMBER];

	(void)snprintf(word, sizeof(word), "0x%llx", (unsigned long long)value);
	append(words, word);
}

/* Take the named single bits out of the value; returns what is left. */
static uint64_t append_flags(struct words *words, const char *prefix, uint64_t value)
{
	for (uint64_t bit = 1; bit && bit <= value; bit <<= 1) {
		const char *name = value & bit ? best_name(prefix, bit, UINT64_MAX) : NULL;

		if (!name)
			continue;
		append(words, name);
		value &= ~bit;
	}
	return value;
}

static void append_mixed(struct words *words, const struct argument *argument, uint64_t value)
{
	uint64_t low = value & argument->low;
	const char *name = low ? best_name(argument->low_prefix, low, UINT64_MAX) : NULL;
	uint64_t rest = append_flags(words, argument->prefix, name ? value & ~low : value);

	if (name)
		append(words, name);
	if (rest)
		append_hex(words, rest);
}

static void write_number(char *buf, size_t size, uint64_t value)
{
	/* Small numbers are counts and descriptors, large ones are bits. */
	(void)snprintf(buf, size, value < 65536 ? "%llu" : "0x%llx", (unsigned long long)value);
}

char *policy_argument_text(int nr, unsigned arg, uint64_t value, char *buf, size_t size)
{
	const struct argument *argument = find(nr, arg);
	uint64_t all = policy_width_low(nr, arg) ? UINT32_MAX : UINT64_MAX;
	struct words words = { buf, size, false };
	const char *name = NULL;

	buf[0] = '\0';
	value &= all;
	if (argument)
		name = best_name(argument->prefix, value, all);
	if (argument && argument->low && !name && !(value & ~argument->low))
		name = best_name(argument->low_prefix, value, all);
	if (name)
		append(&words, name);
	else if (argument && argument->flags && value && value != all)
		append_mixed(&words, argument, value);
	/* Half of the names would be another value. */
	if (words.cut || !buf[0])
		write_number(buf, size, value);
	return buf;
}
