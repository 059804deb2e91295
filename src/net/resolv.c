/* Write resolv.conf(5). May not print, may touch nothing but that file and its directory. */
#include "resolv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_parent(const char *path)
{
	char dir[PATH_MAX];
	char *slash;

	(void)snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	return mkdir(dir, 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

static int write_lines(int fd, const struct net_ip *dns, unsigned ndns)
{
	char ip[INET6_ADDRSTRLEN];
	int err = dprintf(fd, "# written by cradle-net\n") < 0 ? -errno : 0;

	for (unsigned i = 0; i < ndns && !err; i++) {
		(void)inet_ntop(dns[i].family, dns[i].bytes, ip, sizeof(ip));
		err = dprintf(fd, "nameserver %s\n", ip) < 0 ? -errno : 0;
	}
	/* mkostemp() gives 0600, and everybody's resolver reads this. */
	if (!err && fchmod(fd, 0644) < 0)
		err = -errno;
	return err;
}

int resolv_write(const char *path, const struct net_ip *dns, unsigned ndns)
{
	char temp[PATH_MAX];
	int n = snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	int fd, err;

	if (n < 0 || (size_t)n >= sizeof(temp))
		return -ENAMETOOLONG;
	err = make_parent(path);
	if (err < 0)
		return err;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_lines(fd, dns, ndns);
	if (close(fd) < 0 && !err)
		err = -errno;
	/* rename() replaces a symbolic link itself: the file it names may be another system's. */
	if (!err && rename(temp, path) < 0)
		err = -errno;
	if (err)
		(void)unlink(temp);
	return err;
}
