/* May do nothing but look things up and append code. */
#include "arch.h"

#include "names.h"
#include "util.h"

#include <seccomp.h>
#include <stdlib.h>

static const struct {
	uint32_t native, foreign;
} pairs[] = {
	{ SCMP_ARCH_X86_64, SCMP_ARCH_X86 },           { SCMP_ARCH_X86_64, SCMP_ARCH_X32 },
	{ SCMP_ARCH_AARCH64, SCMP_ARCH_ARM },          { SCMP_ARCH_PPC64, SCMP_ARCH_PPC },
	{ SCMP_ARCH_S390X, SCMP_ARCH_S390 },           { SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS },
	{ SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS64N32 },     { SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL },
	{ SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64N32 }, { SCMP_ARCH_PARISC64, SCMP_ARCH_PARISC },
};

uint32_t arch_token(uint32_t arch)
{
	if (arch == SCMP_ARCH_X32)
		return SCMP_ARCH_X86_64;
	return arch == SCMP_ARCH_NATIVE ? seccomp_arch_native() : arch;
}

bool arch_is_foreign(uint32_t arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (pairs[i].native == seccomp_arch_native() && pairs[i].foreign == arch)
			return true;
	}
	return false;
}

bool arch_is_in(const struct policy *policy, uint32_t arch)
{
	for (unsigned i = 0; i < policy->narchs; i++) {
		if (policy->arch[i] == arch)
			return true;
	}
	return false;
}

uint32_t arch_base(uint32_t arch)
{
	return arch == SCMP_ARCH_X32 ? 0x40000000 : 0;
}

bool arch_is_narrow(uint32_t arch)
{
	switch (arch_token(arch)) {
	case SCMP_ARCH_X86:
	case SCMP_ARCH_ARM:
	case SCMP_ARCH_PPC:
	case SCMP_ARCH_S390:
	case SCMP_ARCH_MIPS:
	case SCMP_ARCH_MIPSEL:
	case SCMP_ARCH_PARISC:
		return true;
	default:
		return false;
	}
}

int arch_call(uint32_t arch, unsigned nr)
{
	char *name;
	int call;

	if (nr >= POLICY_NEWER)
		return (int)nr;
	if (arch == SCMP_ARCH_NATIVE)
		return policy_call_name((int)nr) ? (int)nr : POLICY_NO_CALL;
	name = seccomp_syscall_resolve_num_arch(arch, (int)(nr + arch_base(arch)));
	call = name ? policy_call_number(name) : POLICY_NO_CALL;
	free(name);
	return call;
}

/* net(7)'s and ipc(2)'s numbers: SYS_SOCKET of linux/net.h, SEMOP of linux/ipc.h. */
static const char *const socketcalls[] = {
	[1] = "socket",    [2] = "bind",        [3] = "connect",     [4] = "listen",
	[5] = "accept",    [6] = "getsockname", [7] = "getpeername", [8] = "socketpair",
	[9] = "send",      [10] = "recv",       [11] = "sendto",     [12] = "recvfrom",
	[13] = "shutdown", [14] = "setsockopt", [15] = "getsockopt", [16] = "sendmsg",
	[17] = "recvmsg",  [18] = "accept4",    [19] = "recvmmsg",   [20] = "sendmmsg",
};
static const char *const ipcs[] = {
	[1] = "semop",   [2] = "semget",  [3] = "semctl",  [4] = "semtimedop",
	[11] = "msgsnd", [12] = "msgrcv", [13] = "msgget", [14] = "msgctl",
	[21] = "shmat",  [22] = "shmdt",  [23] = "shmget", [24] = "shmctl",
};

/* ipc's has a version of its interface in the upper half. */
static const struct arch_multiplexer multiplexers[] = {
	{ "socketcall", UINT32_MAX, socketcalls, ARRAY_SIZE(socketcalls) },
	{ "ipc", 0xffff, ipcs, ARRAY_SIZE(ipcs) },
};

const struct arch_multiplexer *arch_multiplexer(unsigned i)
{
	return i < ARRAY_SIZE(multiplexers) ? &multiplexers[i] : NULL;
}

int arch_multiplexer_number(uint32_t arch, const struct arch_multiplexer *multiplexer)
{
	return seccomp_syscall_resolve_name_arch(arch, multiplexer->name);
}
