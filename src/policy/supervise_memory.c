/* Read another process's memory. May not write to it, and may not stop it. */
#include "supervise_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* No system has smaller pages, and a piece that ends at a multiple of it lies in one page. */
enum { PIECE = 4096 };

/* process_vm_readv(2) needs no /proc, but a seccomp filter around us (a container's) may refuse it,
 * and a kernel may be built without it. */
static ssize_t read_piece(pid_t pid, uint64_t address, void *buf, size_t len)
{
	struct iovec here = { buf, len };
	struct iovec there = { (void *)(uintptr_t)address, len };
	ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	char path[64];
	int fd;

	if (n >= 0 || errno == EFAULT || errno == ESRCH)
		return n >= 0 ? n : -errno;
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pread(fd, buf, len, (off_t)address);
	if (n < 0)
		n = errno == EIO ? -EFAULT : -errno;
	(void)close(fd);
	return n;
}

ssize_t target_read(pid_t pid, uint64_t address, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t piece = PIECE - (address + done) % PIECE;
		ssize_t n;

		if (piece > len - done)
			piece = len - done;
		n = read_piece(pid, address + done, (char *)buf + done, piece);
		if (n <= 0)
			return done || n == 0 ? (ssize_t)done : n;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t target_read_string(pid_t pid, uint64_t address, char *buf, size_t size)
{
	ssize_t n = target_read(pid, address, buf, size - 1);

	if (n < 0)
		return n;
	buf[n] = '\0';
	return (ssize_t)strlen(buf);
}
