/* Architectures by name. */
#include "archname.h"

#include <seccomp.h>
#include <string.h>

/* The name to write comes first. */
static const struct {
	const char *name;
	uint32_t arch;
} archs[] = {
	{ "native", SCMP_ARCH_NATIVE },
	{ "x86_64", SCMP_ARCH_X86_64 },
	{ "amd64", SCMP_ARCH_X86_64 },
	{ "i386", SCMP_ARCH_X86 },
	{ "x86", SCMP_ARCH_X86 },
	{ "x32", SCMP_ARCH_X32 },
	{ "aarch64", SCMP_ARCH_AARCH64 },
	{ "arm64", SCMP_ARCH_AARCH64 },
	{ "arm", SCMP_ARCH_ARM },
	{ "riscv64", SCMP_ARCH_RISCV64 },
	{ "ppc64le", SCMP_ARCH_PPC64LE },
	{ "ppc64", SCMP_ARCH_PPC64 },
	{ "ppc", SCMP_ARCH_PPC },
	{ "s390x", SCMP_ARCH_S390X },
	{ "s390", SCMP_ARCH_S390 },
	{ "mips", SCMP_ARCH_MIPS },
	{ "mipsel", SCMP_ARCH_MIPSEL },
	{ "mips64", SCMP_ARCH_MIPS64 },
	{ "mipsel64", SCMP_ARCH_MIPSEL64 },
	{ "mips64n32", SCMP_ARCH_MIPS64N32 },
	{ "mipsel64n32", SCMP_ARCH_MIPSEL64N32 },
	{ "parisc", SCMP_ARCH_PARISC },
	{ "parisc64", SCMP_ARCH_PARISC64 },
};

enum { NARCHS = sizeof(archs) / sizeof(archs[0]) };

/* "native" has a number of its own, 0. */
static uint32_t real(uint32_t arch)
{
	return arch == SCMP_ARCH_NATIVE ? seccomp_arch_native() : arch;
}

uint32_t archname_parse(const char *name, size_t len)
{
	for (unsigned i = 0; i < NARCHS; i++) {
		if (strlen(archs[i].name) == len && !memcmp(archs[i].name, name, len))
			return real(archs[i].arch);
	}
	return 0;
}

const char *archname_at(unsigned i)
{
	return i < NARCHS ? archs[i].name : NULL;
}

const char *archname_of(uint32_t arch)
{
	for (unsigned i = 1; i < NARCHS; i++) {
		if (archs[i].arch == arch)
			return archs[i].name;
	}
	return "?";
}

bool archname_is_native(uint32_t arch)
{
	return arch == seccomp_arch_native();
}
