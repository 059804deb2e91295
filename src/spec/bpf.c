/* Read a compiled filter. May read the descriptor it is given, nothing else. */
#include "bpf.h"

#include <linux/bpf_common.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* BPF_MAXINSNS of <linux/bpf_common.h> */
enum { BYTES_MAX = 4096 * sizeof(struct sock_filter) };

const char *bpf_read(struct sock_fprog *program, int fd)
{
	char *bytes = malloc(BYTES_MAX + 1);
	size_t len = 0;
	ssize_t n = 1;

	if (!bytes)
		return "expected less: there is no memory";
	while (n > 0 && len <= BYTES_MAX) {
		n = read(fd, bytes + len, BYTES_MAX + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	/* Every instruction has a NUL byte: no code is above 255. */
	if (n == 0 && len && !memchr(bytes, '\0', len)) {
		free(bytes);
		return "expected a compiled program, as cradle policy compile -o makes it: a "
		       "policy in text has to be a file";
	}
	if (n < 0 || !len || len > BYTES_MAX || len % sizeof(struct sock_filter)) {
		free(bytes);
		return "expected a descriptor or file that gives 1 to 4096 BPF instructions of 8 "
		       "bytes";
	}
	(void)close(fd);
	program->len = (unsigned short)(len / sizeof(struct sock_filter));
	program->filter = (struct sock_filter *)(void *)bytes;
	return NULL;
}
