/* code.h - a BPF program while it grows. */
#ifndef POLICY_CODE_H
#define POLICY_CODE_H

#include "policy.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* linux/bpf_common.h's BPF_MAXINSNS, which is the kernel's for seccomp as well. */
enum { CODE_MAX = 4096 };

struct code {
	struct sock_filter insn[CODE_MAX];
	size_t len;
	bool full; /* there was no room for something: the program isn't one */
};

/* Where the halves of an argument are in struct seccomp_data. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CODE_LOW_WORD(arg)  ((uint32_t)offsetof(struct seccomp_data, args) + 8 * (arg))
#define CODE_HIGH_WORD(arg) (CODE_LOW_WORD(arg) + 4)
#else
#define CODE_HIGH_WORD(arg) ((uint32_t)offsetof(struct seccomp_data, args) + 8 * (arg))
#define CODE_LOW_WORD(arg)  (CODE_HIGH_WORD(arg) + 4)
#endif

void code_put(struct code *code, unsigned op, uint32_t k, unsigned jt, unsigned jf);

/* Load a 32-bit word of struct seccomp_data. */
void code_load(struct code *code, uint32_t offset);

/* "k: is A op k? Then the next instruction, else the one after it." */
void code_if(struct code *code, unsigned op, uint32_t k);

/* What seccomp(2) calls an action. */
uint32_t code_action(struct policy_action action);

void code_return(struct code *code, struct policy_action action);

/* A jump to where code_land() is called with what this returns. */
size_t code_jump(struct code *code);
void code_land(struct code *code, size_t jump);

#endif
