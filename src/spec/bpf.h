/* bpf.h - a seccomp program as bwrap takes it: raw struct sock_filter, from a descriptor. */
#ifndef SPEC_BPF_H
#define SPEC_BPF_H

#include <linux/filter.h>

/* Read all of fd. The program lives as long as we do; fd is closed. NULL, or what was expected. */
const char *bpf_read(struct sock_fprog *program, int fd);

#endif
