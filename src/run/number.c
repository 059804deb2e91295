/* May read /proc/self, nothing else. */
#include "number.h"

#include "sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* pidfd_open(2), as proc(5) shows it; the ioctl(2) for it came with Linux 6.13. */
pid_t number_of_pidfd(int pidfd)
{
	char path[48], text[1024];
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (sys_read_file(path, text, sizeof(text)) < 0)
		return -ESRCH;
	at = strstr(text, "Pid:");
	return at ? (pid_t)strtol(at + 4, NULL, 10) : -ESRCH;
}
