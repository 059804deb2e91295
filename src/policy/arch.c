/* May do nothing but look things up and append code. */
#include "arch.h"

#include "names.h"
#include "util.h"

#include <linux/seccomp.h>
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

bool arch_call_name(uint32_t arch, uint32_t nr)
{
	char *name;

	if (arch == SCMP_ARCH_NATIVE)
		return policy_call_name((int)nr);
	name = seccomp_syscall_resolve_num_arch(arch, (int)nr);
	free(name);
	return name;
}

void arch_emit_hidden(struct code *code, uint32_t arch, const struct chain *chain)
{
	static const char *const names[] = { "socketcall", "ipc" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int nr = seccomp_syscall_resolve_name_arch(arch, names[i]);

		if (nr < 0)
			continue;
		code_load(code, offsetof(struct seccomp_data, nr));
		code_if(code, BPF_JEQ, (uint32_t)nr);
		code_return(code, chain_strictest(chain));
	}
}
