/* bpf_run.h - what a ready filter says about one call. Pure. */
#ifndef SPEC_BPF_RUN_H
#define SPEC_BPF_RUN_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* No SECCOMP_RET_*. */
#define BPF_WRONG UINT32_MAX

/* The SECCOMP_RET_* value; BPF_WRONG for what the kernel wouldn't have loaded. */
uint32_t bpf_run(const struct sock_filter *program, size_t len, const struct seccomp_data *data);

#endif
