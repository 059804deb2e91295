/* Things that a host leaves lying about, and whether somebody inside can reach them. */
#include "escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { RING_SESSION = -3, RING_USER = -4 };

enum { KEYCTL_JOIN = 1, KEYCTL_LINK = 8, KEYCTL_SEARCH = 10, KEYCTL_TIMEOUT = 15 };

/* What distinguishes ours from another test's: CANARY in the environment. */
static const char *canary_name(void)
{
	const char *name = getenv("CANARY");

	return name ? name : "canary";
}

static key_t canary_key(void)
{
	unsigned hash = 5381;

	for (const char *c = canary_name(); *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	return (key_t)(hash & 0x7fffffff) | 0x10000;
}

static socklen_t abstract(struct sockaddr_un *un)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	(void)snprintf(un->sun_path + 1, sizeof(un->sun_path) - 1, "%s", canary_name());
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(canary_name()));
}

static void queue_name(char *name, size_t size)
{
	(void)snprintf(name, size, "/%s", canary_name());
}

static void shm_path(char *path, size_t size)
{
	(void)snprintf(path, size, "/dev/shm/%s", canary_name());
}

static int listen_abstract(void)
{
	struct sockaddr_un un;
	socklen_t len = abstract(&un);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&un, len) || listen(fd, 8))
		trouble("cannot listen on @%s", canary_name());
	return fd;
}

static int listen_tcp(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char port[8];

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, len) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		trouble("cannot listen on 127.0.0.1");
	(void)snprintf(port, sizeof(port), "%d", ntohs(in.sin_port));
	if (setenv("CANARY_PORT", port, 1))
		trouble("cannot pass the port on");
	return fd;
}

/* Till whoever we belong to is gone. */
_Noreturn static void hold(int owner, int shm)
{
	struct pollfd gone = { .fd = owner, .events = POLLIN };
	char name[128];

	/* The end of our output is what the test waits for. */
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	(void)poll(&gone, 1, PROBE_DEADLINE * 1000);
	(void)shmctl(shm, IPC_RMID, NULL);
	queue_name(name, sizeof(name));
	(void)mq_unlink(name);
	shm_path(name, sizeof(name));
	(void)unlink(name);
	_exit(0);
}

/* canary: an abstract and a TCP socket, shared memory and a queue, kept by a child as long as this
 * process lives, whatever it becomes. */
int verb_canary(int argc, char **argv)
{
	char name[128];
	int owner, shm, fd;

	(void)argc;
	(void)argv;
	(void)listen_abstract();
	(void)listen_tcp();
	shm = shmget(canary_key(), 4096, IPC_CREAT | IPC_EXCL | 0666);
	if (shm < 0)
		trouble("cannot make shared memory");
	queue_name(name, sizeof(name));
	fd = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666, NULL);
	if (fd < 0)
		trouble("cannot make a queue");
	shm_path(name, sizeof(name));
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		trouble("cannot make %s", name);
	owner = (int)syscall(434 /* pidfd_open */, getpid(), 0);
	if (owner < 0)
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		hold(owner, shm);
	default:
		close(owner);
		return 0;
	}
}

/* session-key: a new session keyring and the user's, each with a key */
int verb_session_key(int argc, char **argv)
{
	const char *name = canary_name();
	long key;

	(void)argc;
	(void)argv;
	/* As pam_keyinit(8) does: what the session links to is ours. */
	if (syscall(SYS_keyctl, KEYCTL_JOIN, NULL) < 0 ||
	    syscall(SYS_keyctl, KEYCTL_LINK, RING_USER, RING_SESSION) < 0 ||
	    syscall(SYS_add_key, "user", name, "secret", 6L, RING_SESSION) < 0)
		return -1;
	key = syscall(SYS_add_key, "user", name, "secret", 6L, RING_USER);
	return key < 0 || syscall(SYS_keyctl, KEYCTL_TIMEOUT, key, PROBE_DEADLINE) < 0 ? -1 : 0;
}

static int connect_abstract(void)
{
	struct sockaddr_un un;
	socklen_t len = abstract(&un);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&un, len);
}

static int connect_tcp(void)
{
	const char *port = getenv("CANARY_PORT");
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons((uint16_t)number(port ? port : "1")) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&in, sizeof(in));
}

void reach_facts(void)
{
	char name[128];

	fact("reach.abstract", connect_abstract());
	fact("reach.tcp", connect_tcp());
	fact("reach.shm", shmget(canary_key(), 0, 0));
	queue_name(name, sizeof(name));
	fact("reach.mqueue", mq_open(name, O_RDONLY | O_CLOEXEC));
	shm_path(name, sizeof(name));
	fact_fd("reach.shm_open", open(name, O_RDWR | O_CLOEXEC));
	fact("reach.key.session",
	     syscall(SYS_keyctl, KEYCTL_SEARCH, RING_SESSION, "user", canary_name(), 0));
	fact("reach.key.user",
	     syscall(SYS_keyctl, KEYCTL_SEARCH, RING_USER, "user", canary_name(), 0));
	(void)verb_size(1, (char *[]){ (char *)"/dev/shm" });
}
