/* supervise_memory.h - what stands in another process's memory.
 *
 * The process may change it at any time, so it is good for a report and never for a decision.
 */
#ifndef POLICY_SUPERVISE_MEMORY_H
#define POLICY_SUPERVISE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Read up to len bytes at that address; the end is where nothing is mapped. Returns how many were
 * read, or -errno if not one was: -EFAULT nothing there, -EPERM not ours to read, -ESRCH gone. */
ssize_t target_read(pid_t pid, uint64_t address, void *buf, size_t len);

/* Read a string, cut at size - 1, with a NUL behind it. Returns its length or -errno. */
ssize_t target_read_string(pid_t pid, uint64_t address, char *buf, size_t size);

#endif
