/* machine.h - a second opinion about compiled filters: classic BPF as seccomp(2) runs it. */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BPF_BROKEN = 0x12345678 }; /* no action: the kernel would refuse the program */

static inline bool bpf_compare(const struct sock_filter *insn, uint32_t a)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return a == insn->k;
	case BPF_JGT:
		return a > insn->k;
	case BPF_JGE:
		return a >= insn->k;
	default: /* BPF_JSET */
		return a & insn->k;
	}
}

/* What the program returns if load() gives it the word at an offset of its data, or false. steps
 * may be NULL: how many instructions it took. */
static inline uint32_t bpf_walk(const struct sock_filter *insn, size_t len,
				bool (*load)(const struct seccomp_data *, uint32_t, uint32_t *),
				const struct seccomp_data *data, unsigned *steps)
{
	uint32_t a = 0;

	for (size_t at = 0; at < len; at++) {
		const struct sock_filter *i = &insn[at];

		if (steps)
			++*steps;
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (!load(data, i->k, &a))
				return BPF_BROKEN;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			at += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			at += bpf_compare(i, a) ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			return BPF_BROKEN;
		}
	}
	return BPF_BROKEN;
}

static inline bool bpf_load(const struct seccomp_data *data, uint32_t offset, uint32_t *a)
{
	if (offset % 4 || offset >= sizeof(*data))
		return false;
	memcpy(a, (const char *)data + offset, 4);
	return true;
}

static inline uint32_t bpf_run(const struct sock_filter *insn, size_t len,
			       const struct seccomp_data *data, unsigned *steps)
{
	return bpf_walk(insn, len, bpf_load, data, steps);
}

static inline bool bpf_load_constant(const struct seccomp_data *data, uint32_t offset, uint32_t *a)
{
	return (offset == offsetof(struct seccomp_data, nr) ||
		offset == offsetof(struct seccomp_data, arch)) &&
	       bpf_load(data, offset, a);
}

/* Whether the kernel finds out beforehand that a call is allowed whatever its arguments, so that it
 * never runs the program for it: seccomp_is_const_allow() of kernel/seccomp.c, whose rules these
 * are. */
static inline bool bpf_is_const_allow(const struct sock_filter *insn, size_t len, uint32_t arch,
				      uint32_t nr)
{
	const struct seccomp_data data = { .nr = (int)nr, .arch = arch };

	return bpf_walk(insn, len, bpf_load_constant, &data, NULL) == SECCOMP_RET_ALLOW;
}

#endif
