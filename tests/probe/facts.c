/* What the agent finds around itself. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

extern char **environ;

int verb_ids(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say("pid=%d ppid=%d pgrp=%d sid=%d uid=%d", (int)getpid(), (int)getppid(), (int)getpgrp(),
	    (int)getsid(0), (int)getuid());
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Open descriptors of a process as "0 1 2". */
static int list_fds(const char *pid, char *line, size_t size)
{
	char path[64];
	int fds[256], n = 0;
	struct dirent *entry;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)) && n < 256) {
		if (entry->d_name[0] == '.')
			continue;
		fds[n] = atoi(entry->d_name);
		if (strcmp(pid, "self") || fds[n] != dirfd(dir))
			n++;
	}
	closedir(dir);
	qsort(fds, (size_t)n, sizeof(fds[0]), compare_numbers);
	line[0] = '\0';
	for (int i = 0; i < n; i++) {
		size_t len = strlen(line);

		if (strcmp(pid, "self") || fds[i] != probe_out || probe_out <= 2)
			(void)snprintf(line + len, size - len, "%s%d", len ? " " : "", fds[i]);
	}
	return 0;
}

int verb_fds(int argc, char **argv)
{
	char line[512];

	(void)argc;
	(void)argv;
	if (list_fds("self", line, sizeof(line)))
		return -1;
	say("fds=%s", line);
	return 0;
}

/* The line of a /proc file that starts so; its first number. -1: no such line. */
static long proc_number(const char *pid, const char *name, const char *key)
{
	char path[64], line[256];
	long value = -1;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, strlen(key)))
			value = strtol(line + strlen(key), NULL, 10);
	}
	(void)fclose(file);
	return value;
}

/* about PID: what init must keep small. Its other descriptors are named by what they are. */
int verb_about(int argc, char **argv)
{
	char pid[16], path[64], line[512], cwd[PATH_MAX];
	ssize_t n;

	(void)argc;
	(void)snprintf(pid, sizeof(pid), "%d", (int)process(argv[0]));
	if (list_fds(pid, line, sizeof(line)))
		return -1;
	say("about.fds=%s", line);
	for (char *fd = strtok(line, " "); fd; fd = strtok(NULL, " ")) {
		(void)snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, fd);
		n = readlink(path, cwd, sizeof(cwd) - 1);
		if (n >= 0 && atoi(fd) > 2) {
			cwd[n] = '\0';
			say("about.fd.%s=%s", fd, cwd);
		}
	}
	(void)snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	n = readlink(path, cwd, sizeof(cwd) - 1);
	if (n < 0)
		return -1;
	cwd[n] = '\0';
	say("about.cwd=%s", cwd);
	say("about.pss_kb=%ld", proc_number(pid, "smaps_rollup", "Pss:"));
	say("about.rss_kb=%ld", proc_number(pid, "status", "VmRSS:"));
	say("about.threads=%ld", proc_number(pid, "status", "Threads:"));
	say("about.switches=%ld", proc_number(pid, "status", "voluntary_ctxt_switches:"));
	return 0;
}

int verb_env(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *value = getenv(argv[i]);

		say("%s%s%s", argv[i], value ? "=" : " unset", value ? value : "");
	}
	return 0;
}

int verb_args(int argc, char **argv)
{
	say("args=%d", argc);
	for (int i = 0; i < argc; i++)
		say("arg=%s", argv[i]);
	return 0;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	default:
		return "other";
	}
}

int verb_stat(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char target[PATH_MAX] = "";
		struct stat st;

		if (lstat(argv[i], &st)) {
			say("stat %s missing", argv[i]);
			continue;
		}
		if (S_ISLNK(st.st_mode))
			(void)!readlink(argv[i], target, sizeof(target) - 1);
		say("stat %s type=%s mode=%04o%s%s", argv[i], type_name(st.st_mode),
		    st.st_mode & 07777, *target ? " to=" : "", target);
	}
	return 0;
}

int verb_cat(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char text[4096];
		ssize_t n;
		int fd = open(argv[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0) {
			say("cat %s: %s", argv[i], strerror(errno));
			continue;
		}
		while ((n = read(fd, text, sizeof(text))) > 0)
			(void)!write(probe_out, text, (size_t)n);
		close(fd);
	}
	return 0;
}

int verb_hostname(int argc, char **argv)
{
	char name[256];

	(void)argc;
	(void)argv;
	if (gethostname(name, sizeof(name)))
		return -1;
	say("hostname=%s", name);
	return 0;
}

int verb_limit(int argc, char **argv)
{
	struct rlimit limit;

	(void)argc;
	(void)argv;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -1;
	say("nofile=%llu:%llu", (unsigned long long)limit.rlim_cur,
	    (unsigned long long)limit.rlim_max);
	return 0;
}

int verb_tty(int argc, char **argv)
{
	struct winsize size = { 0 };
	int fd;

	(void)argc;
	(void)argv;
	say("tty=%d%d%d", isatty(0), isatty(1), isatty(2));
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		say("terminal=none");
		return 0;
	}
	(void)ioctl(fd, TIOCGWINSZ, &size);
	say("terminal=yes foreground=%s size=%ux%u", tcgetpgrp(fd) == getpgrp() ? "yes" : "no",
	    size.ws_row, size.ws_col);
	close(fd);
	return 0;
}

int verb_oom(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say("oom.self=%ld oom.init=%ld", proc_number("self", "oom_score_adj", ""),
	    proc_number("1", "oom_score_adj", ""));
	return 0;
}

int verb_link(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char address[INET_ADDRSTRLEN] = "none";
	struct ifreq request = { 0 };
	struct sockaddr_in in;
	int flags, mtu;

	(void)argc;
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", argv[0]);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request)) {
		say("link %s missing", argv[0]);
		return 0;
	}
	flags = request.ifr_flags;
	mtu = ioctl(fd, SIOCGIFMTU, &request) ? -1 : request.ifr_mtu;
	if (!ioctl(fd, SIOCGIFADDR, &request)) {
		memcpy(&in, &request.ifr_addr, sizeof(in));
		(void)inet_ntop(AF_INET, &in.sin_addr, address, sizeof(address));
	}
	say("link %s state=%s mtu=%d address=%s", argv[0], flags & IFF_UP ? "up" : "down", mtu,
	    address);
	close(fd);
	return 0;
}
