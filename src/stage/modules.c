/* finit_module(2) in the order of the list. */
#include "modules.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* <linux/module.h>: the kernel decompresses (5.17). */
#define MODULE_INIT_COMPRESSED_FILE 4

enum { LIST_MAX = 1 << 16 };

static int flags_for(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".ko") ? MODULE_INIT_COMPRESSED_FILE : 0;
}

static void load(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int err = 0;

	if (fd < 0)
		err = -errno;
	/* EEXIST: loaded already or built in. */
	else if (syscall(SYS_finit_module, fd, parameters, flags_for(path)) < 0 && errno != EEXIST)
		err = -errno;
	if (err)
		(void)log_warn_errno(err, "cannot load module %s", path);
	if (fd >= 0)
		(void)close(fd);
}

static void load_line(char *line)
{
	char *end;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r");
	end = line + strcspn(line, " \t\r");
	if (end == line)
		return;
	if (*end)
		*end++ = '\0';
	load(line, end + strspn(end, " \t\r"));
}

int modules_load(const char *list, bool optional)
{
	char *text =
		mmap(NULL, LIST_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t n;

	if (text == MAP_FAILED)
		return log_errno(-errno, "cannot read the list of modules %s", list);
	n = sys_read_file(list, text, LIST_MAX);
	for (char *line = text; n > 0 && line;) {
		char *next = strchr(line, '\n');

		if (next)
			*next++ = '\0';
		load_line(line);
		line = next;
	}
	(void)munmap(text, LIST_MAX);
	if (n >= 0 || (n == -ENOENT && optional))
		return 0;
	return log_errno((int)n, "cannot read the list of modules %s", list);
}
