/* bpf.h - seccomp programs as the kernel takes them: raw struct sock_filter. */
#ifndef SPEC_BPF_H
#define SPEC_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <stdbool.h>

/* What seccomp calls the architecture of programs such as ours; raw.h knows no fourth. */
#if defined(__x86_64__)
#define BPF_OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define BPF_OUR_ARCH AUDIT_ARCH_AARCH64
#else
#define BPF_OUR_ARCH AUDIT_ARCH_RISCV64
#endif

/* Read all of fd. The program lives as long as we do; fd is closed. NULL, or what was expected. */
const char *bpf_read(struct sock_fprog *program, int fd);

/* One program that answers with the strictest of their answers, the last one's if they are equally
 * strict, as the kernel does for programs loaded in that order. Two that refuse seccomp(2) can't be
 * loaded one after the other. False: more than the kernel takes, or one is no seccomp program. The
 * result lives as long as we do. */
bool bpf_join(struct sock_fprog *joined, const struct sock_fprog *const *program, unsigned n);

/* The program with every refusal become a question to its listener (SECCOMP_RET_USER_NOTIF). The
 * same. */
bool bpf_ask(struct sock_fprog *asking, const struct sock_fprog *program);

#endif
