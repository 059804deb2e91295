/* Arguments that are numbers with names. Pure. */
#include "decode_kinds.h"

#include "constants.h"
#include "util.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

/* Bits that the C library's headers hide, or that a name has only together with others. */
enum { KERNEL_LARGEFILE = 0100000 };

/* Socket options of netlink begin with the same word. */
#define NETLINK_PROTOCOLS                                                         \
	"NETLINK_ -NETLINK_ADD_ -NETLINK_DROP_ -NETLINK_BROADCAST_ -NETLINK_NO_ " \
	"-NETLINK_PKTINFO -NETLINK_RX_ -NETLINK_TX_ -NETLINK_LIST -NETLINK_CAP_ " \
	"-NETLINK_EXT_ -NETLINK_GET_ -NETLINK_UNCONNECTED -NETLINK_CONNECTED"

static void write_number(FILE *out, uint64_t value)
{
	fprintf(out, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

void decode_one(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		unsigned arg)
{
	/* What has names is 32 bits wide for the kernel, whatever stands above them. */
	uint32_t value = (uint32_t)call->arg[arg];
	const char *name = policy_constant_name(kind->names, value);

	if (name)
		fputs(name, out);
	else
		write_number(out, value);
	if (call->arg[arg] >> 32)
		fprintf(out, "|0x%" PRIx64, call->arg[arg] & ~(uint64_t)UINT32_MAX);
}

/* Write the names of single bits; what is left has none. */
static uint64_t write_bits(FILE *out, const char *names, uint64_t value, const char *between)
{
	uint64_t rest = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t flag = value & (uint64_t)1 << bit;
		const char *name = flag ? policy_constant_name(names, flag) : NULL;

		if (!name) {
			rest |= flag;
			continue;
		}
		fprintf(out, "%s%s", between, name);
		between = "|";
	}
	return rest;
}

void decode_names(FILE *out, const char *names, uint64_t value)
{
	uint64_t rest = write_bits(out, names, value, "");

	if (!rest && value)
		return;
	if (rest != value)
		fputc('|', out);
	write_number(out, rest);
}

void decode_flags(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		  unsigned arg)
{
	decode_names(out, kind->names, call->arg[arg]);
}

/* The rest of flags whose first word is written already. */
static void write_more(FILE *out, const char *names, uint64_t value)
{
	uint64_t rest = write_bits(out, names, value, "|");

	if (rest) {
		fputc('|', out);
		write_number(out, rest);
	}
}

/* open(2)'s access mode is a number in the low two bits, and three names are several bits. */
void decode_open(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		 unsigned arg)
{
	static const char *const access[] = { "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE" };
	static const struct {
		unsigned bits;
		const char *name;
	} several[] = { { O_SYNC, "O_SYNC" }, { O_TMPFILE, "O_TMPFILE" } };
	uint64_t flags = call->arg[arg] & ~(uint64_t)(O_ACCMODE | KERNEL_LARGEFILE);

	(void)kind;
	fputs(access[call->arg[arg] & O_ACCMODE], out);
	for (unsigned i = 0; i < ARRAY_SIZE(several); i++) {
		if ((flags & several[i].bits) != several[i].bits)
			continue;
		fprintf(out, "|%s", several[i].name);
		flags &= ~(uint64_t)several[i].bits;
	}
	write_more(out, "O_", flags);
}

void decode_map(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		unsigned arg)
{
	static const char *const type[] = { "0", "MAP_SHARED", "MAP_PRIVATE",
					    "MAP_SHARED_VALIDATE" };
	uint64_t flags = call->arg[arg];

	(void)kind;
	fputs(type[flags & 3], out);
	write_more(out, "MAP_", flags & ~(uint64_t)3);
}

void decode_protocol(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		     unsigned arg)
{
	uint64_t family = arg < 2 ? AF_UNSPEC : call->arg[arg - 2];
	const char *names = family == AF_NETLINK                      ? NETLINK_PROTOCOLS
			    : family == AF_INET || family == AF_INET6 ? "IPPROTO_"
								      : NULL;
	/* 0 is "the family's usual one", not IPPROTO_IP. */
	const char *name = names && (call->arg[arg] || family == AF_NETLINK)
				   ? policy_constant_name(names, call->arg[arg])
				   : NULL;

	(void)kind;
	if (name)
		fputs(name, out);
	else
		write_number(out, call->arg[arg]);
}

void decode_mode(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		 unsigned arg)
{
	(void)kind;
	fprintf(out, "%#o", (unsigned)call->arg[arg]);
}

void decode_signal(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		   unsigned arg)
{
	uint64_t sig = call->arg[arg];
	char name[16];

	(void)kind;
	if (sig >= 1 && sig <= 64)
		fprintf(out, "SIG%s", util_signal_name((int)sig, name));
	else
		write_number(out, sig);
}

void decode_device(FILE *out, const struct decode_call *call, const struct decode_argument *kind,
		   unsigned arg)
{
	dev_t device = (dev_t)call->arg[arg];

	(void)kind;
	fprintf(out, "makedev(%u, %u)", major(device), minor(device));
}
