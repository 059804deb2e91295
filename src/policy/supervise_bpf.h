/* supervise_bpf.h - what a ready filter says about one call. Pure. */
#ifndef POLICY_SUPERVISE_BPF_H
#define POLICY_SUPERVISE_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* The SECCOMP_RET_* value. SECCOMP_RET_KILL_PROCESS for what the kernel wouldn't have loaded. */
uint32_t bpf_run(const struct sock_filter *program, size_t len, const struct seccomp_data *data);

#endif
