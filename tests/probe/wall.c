/* What is left to the agent of rights, files, ports and signals. */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* The rest of the line of /proc/self/status that starts so, blanks as commas. */
static const char *status_line(const char *key, char *line, size_t size)
{
	FILE *file = fopen("/proc/self/status", "re");
	char *at = line + strlen(key);

	while (file && fgets(line, (int)size, file)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		at += strspn(at, "\t ");
		at[strcspn(at, "\n")] = '\0';
		for (char *c = at + strlen(at); c > at && c[-1] == ' '; c--)
			c[-1] = '\0';
		for (char *c = at; *c; c++)
			*c = *c == '\t' || *c == ' ' ? ',' : *c;
		(void)fclose(file);
		return at;
	}
	if (file)
		(void)fclose(file);
	return "none";
}

/* wall: who we are, what we may, in two lines */
int verb_wall(int argc, char **argv)
{
	static const char *const keys[] = { "CapInh:", "CapPrm:", "CapEff:",
					    "CapBnd:", "CapAmb:", "NoNewPrivs:" };
	char line[4096], caps[256] = "";
	mode_t mask = umask(0);

	(void)argc;
	(void)argv;
	(void)umask(mask);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t len = strlen(caps);

		(void)snprintf(caps + len, sizeof(caps) - len, " %.*s=%s", (int)strlen(keys[i]) - 1,
			       keys[i], status_line(keys[i], line, sizeof(line)));
	}
	say("rights%s securebits=%#x", caps, (unsigned)prctl(PR_GET_SECUREBITS));
	say("uid=%s", status_line("Uid:", line, sizeof(line)));
	say("gid=%s", status_line("Gid:", line, sizeof(line)));
	say("groups=%s", status_line("Groups:", line, sizeof(line)));
	errno = 0;
	say("nice=%d umask=%04o", getpriority(PRIO_PROCESS, 0), (unsigned)mask);
	return 0;
}

/* again WORD...: execute ourselves with these words, as what is gained by that counts */
int verb_again(int argc, char **argv)
{
	char *words[256] = { (char *)"probe" };

	for (int i = 0; i < argc && i < 254; i++)
		words[i + 1] = argv[i];
	execv("/proc/self/exe", words);
	trouble("cannot execute myself");
}

static int tcp(const char *port, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)number(port)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : call(fd, (struct sockaddr *)&to, sizeof(to));
	int err = errno;

	close(fd);
	errno = err;
	return rc;
}

/* connect PORT...: by TCP on the loopback; bind PORT... */
int verb_connect(int argc, char **argv)
{
	char key[32];

	for (int i = 0; i < argc; i++) {
		(void)snprintf(key, sizeof(key), "connect %s", argv[i]);
		fact(key, tcp(argv[i], connect));
	}
	return 0;
}

int verb_bind(int argc, char **argv)
{
	char key[32];

	for (int i = 0; i < argc; i++) {
		(void)snprintf(key, sizeof(key), "bind %s", argv[i]);
		fact(key, tcp(argv[i], bind));
	}
	return 0;
}

static int abstract(const char *name, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path + 1, name, len);
	if (fd < 0 || call(fd, (struct sockaddr *)&address,
			   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)))
		return -1;
	return fd;
}

/* abstract-listen NAME: until the end; abstract NAME: connect to it */
int verb_abstract_listen(int argc, char **argv)
{
	int fd = abstract(argv[0], bind);

	(void)argc;
	return fd < 0 ? -1 : listen(fd, 1);
}

int verb_abstract(int argc, char **argv)
{
	(void)argc;
	fact_fd("abstract", abstract(argv[0], connect));
	return 0;
}

/* signal PID...: none is sent, but it is asked whether one could be */
int verb_signal(int argc, char **argv)
{
	char key[32];

	for (int i = 0; i < argc; i++) {
		(void)snprintf(key, sizeof(key), "signal %s", argv[i]);
		fact(key, kill(process(argv[i]), 0));
	}
	return 0;
}

/* truncate PATH...: to the size it has */
int verb_truncate(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char key[256];
		struct stat st;

		(void)snprintf(key, sizeof(key), "truncate %s", argv[i]);
		fact(key, stat(argv[i], &st) ? -1 : truncate(argv[i], st.st_size));
	}
	return 0;
}

/* execute PATH...: each with the word "exit" and 0 */
int verb_execute(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char key[256];
		int status = 0;
		pid_t pid = fork();

		if (pid == 0) {
			execl(argv[i], argv[i], "exit", "0", NULL);
			_exit(errno);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return -1;
		(void)snprintf(key, sizeof(key), "execute %s", argv[i]);
		errno = WEXITSTATUS(status);
		fact(key, errno ? -1 : 0);
	}
	return 0;
}

/* symlink-fact TARGET PATH */
int verb_symlink_fact(int argc, char **argv)
{
	char key[256];

	(void)argc;
	(void)snprintf(key, sizeof(key), "symlink %s", argv[1]);
	fact(key, symlink(argv[0], argv[1]));
	return 0;
}

/* rename FROM TO */
int verb_rename(int argc, char **argv)
{
	(void)argc;
	fact("rename", rename(argv[0], argv[1]));
	return 0;
}

/* ask-device PATH...: by an ioctl(2) that no device but a terminal answers */
int verb_ask_device(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char key[256];
		int n, fd = open(argv[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

		(void)snprintf(key, sizeof(key), "ask-device %s", argv[i]);
		fact(key, fd < 0 ? -1 : ioctl(fd, TIOCGPGRP, &n));
		close(fd);
	}
	return 0;
}
