/* Locks and descriptors that last as long as the sandbox. May open what --lock-file names, inside.
 */
#include "hold.h"

#include "dest.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int lock(struct spec *spec, const char *path)
{
	struct flock all = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd = dest_open_inside(path, O_RDONLY | O_NOCTTY);

	if (fd < 0)
		return log_errno(fd, "cannot open the lock file %s", path);
	if (fcntl(fd, F_SETLK, &all) < 0)
		return log_errno(-errno, "cannot lock the file %s", path);
	spec_keep(spec, fd);
	return 0;
}

/* The agent as PID 1 is all that there is: it holds the descriptor itself, as with bwrap. */
static int keep(struct spec *spec, int fd)
{
	if (!spec->run.as_pid_1)
		spec_keep(spec, fd);
	else if (fcntl(fd, F_SETFD, 0) < 0)
		return log_errno(-errno, "cannot keep descriptor %d", fd);
	else
		spec_confine_keep(&spec->run.confine, fd);
	return 0;
}

/* Data, or the end of whoever could have sent some. */
static void wait_for(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
	(void)close(fd);
}

int hold(struct spec *spec)
{
	const struct spec_status *status = &spec->run.status;
	int err = 0;

	for (unsigned i = 0; i < status->nlocks && !err; i++)
		err = lock(spec, status->lock[i]);
	for (unsigned i = 0; i < status->nsync && !err; i++)
		err = keep(spec, status->sync_fd[i]);
	if (!err && status->exec_fd >= 0)
		spec_confine_keep(&spec->run.confine, status->exec_fd);
	if (!err && status->block_fd >= 0)
		wait_for(status->block_fd);
	return err;
}
