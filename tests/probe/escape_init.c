/* What can be learnt of PID 1, and what we are ourselves. */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The whole file, NUL bytes as blanks, without those at the end. */
static void fact_text(const char *key, const char *path)
{
	char text[1024];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n < 0) {
		fact(key, -1);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (!text[i] || text[i] == '\n')
			text[i] = ' ';
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	say("%s=%s", key, text);
}

static void fact_link(const char *key, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	target[n > 0 ? n : 0] = '\0';
	if (n < 0)
		fact(key, -1);
	else
		say("%s=%s", key, target);
}

/* Where we are root outside, some open and then give nothing. */
static void read_fact(const char *key, const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, &byte, 1);

	if (n < 0 && errno == EISDIR) {
		while ((n = syscall(SYS_getdents64, fd, (char[512]){ 0 }, 512)) > 0)
			;
	}
	fact(key, n);
	if (fd >= 0)
		close(fd);
}

static void write_fact(const char *key, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	fact(key, fd < 0 ? -1 : write(fd, "0 0 1", 5));
	if (fd >= 0)
		close(fd);
}

/* Its descriptors may be counted where we are root outside, but never looked at. */
static void init_fds(void)
{
	char path[32], target[PATH_MAX];
	int readable = 0;

	for (int fd = 0; fd < 1024; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/1/fd/%d", fd);
		readable += readlink(path, target, sizeof(target)) >= 0;
	}
	say("init.fds=%d", readable);
}

void init_facts(void)
{
	static const char *const links[] = { "exe", "cwd", "root", "ns/user", "ns/mnt" };
	static const char *const files[] = { "environ", "maps",  "auxv",      "smaps",
					     "syscall", "stack", "map_files", "pagemap" };
	static const char *const written[] = { "exe",     "mem",     "root/tmp",
					       "uid_map", "gid_map", "setgroups" };
	char key[64], path[64];

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		(void)snprintf(key, sizeof(key), "init.link.%s", links[i]);
		(void)snprintf(path, sizeof(path), "/proc/1/%s", links[i]);
		fact_link(key, path);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(key, sizeof(key), "init.read.%s", files[i]);
		(void)snprintf(path, sizeof(path), "/proc/1/%s", files[i]);
		read_fact(key, path);
	}
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		(void)snprintf(key, sizeof(key), "init.write.%s", written[i]);
		(void)snprintf(path, sizeof(path), "/proc/1/%s", written[i]);
		write_fact(key, path);
	}
	fact_fd("init.opath.exe", open("/proc/1/exe", O_PATH | O_CLOEXEC));
	init_fds();
	fact_text("init.cmdline", "/proc/1/cmdline");
	fact_text("init.comm", "/proc/1/comm");
	/* It can't be killed, stopped or confused by who is in there with it. */
	(void)kill(1, SIGKILL);
	(void)kill(1, SIGSTOP);
	fact("init.lives", kill(1, 0));
}

/* The lines of /proc/self/status that start so, as facts. */
static void status_fact(const char *line)
{
	static const char *const keys[] = { "Uid",    "Gid",    "CapInh",     "CapPrm",  "CapEff",
					    "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "NSpid" };
	size_t len = strcspn(line, ":");
	char value[256];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i]) != len || strncmp(line, keys[i], len) != 0)
			continue;
		(void)snprintf(value, sizeof(value), "%s",
			       line + len + 1 + strspn(line + len + 1, "\t "));
		value[strcspn(value, "\n")] = '\0';
		for (char *tab = value; (tab = strchr(tab, '\t'));)
			*tab = ' ';
		say("%s=%s", keys[i], value);
	}
}

static void show_groups(void)
{
	gid_t groups[256];
	char line[2048] = "";
	int n = getgroups(256, groups);

	for (int i = 0; i < n; i++) {
		size_t len = strlen(line);

		(void)snprintf(line + len, sizeof(line) - len, "%s%u", i ? " " : "", groups[i]);
	}
	say("groups=%s", line);
}

/* Which mount a path leads to (statx(2), Linux 5.8); the same file may be in several. */
static long mount_of(const char *path)
{
	/* struct statx up to stx_mnt_id. */
	struct {
		uint32_t mask, rest[35];
		uint64_t mount, more[13];
	} info = { 0 };

	return syscall(SYS_statx, AT_FDCWD, path, 0, 0x1000 /* STATX_MNT_ID */, &info) < 0
		       ? -1
		       : (long)info.mount;
}

/* Outside is a group of another PID namespace: then it has no number here. */
static void show_place(void)
{
	char cwd[PATH_MAX];

	say("group.outside=%s", getpgrp() ? "no" : "yes");
	say("cwd=%s", getcwd(cwd, sizeof(cwd)) ? cwd : error_name(errno));
	fact_link("cwd.link", "/proc/self/cwd");
	/* ".." at the root follows what is stacked on it: a left-over host's tree, perhaps. */
	say("root.above=%s", mount_of("/") == mount_of("/..") ? "same" : "another");
	fact_fd("tty", open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
}

void rights_facts(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[512];

	if (!file)
		trouble("cannot read my status");
	while (fgets(line, sizeof(line), file))
		status_fact(line);
	(void)fclose(file);
	fact_text("setgroups.policy", "/proc/self/setgroups");
	show_groups();
	show_place();
	(void)verb_fds(0, NULL);
}
