/* How calls are shown: names for numbers, what pointers point at, and nothing that a terminal
 * obeys. The process whose memory is read is this one. */
#include "decode.h"
#include "decode_kinds.h"
#include "names.h"
#include "tap.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define AT(p) ((uint64_t)(uintptr_t)(p))

static char text[DECODE_TEXT], key[DECODE_TEXT];

static void decode_of(const char *name, const uint64_t arg[DECODE_ARGS])
{
	struct decode_call call = { .pid = getpid(), .name = name, .nr = policy_call_number(name) };

	memcpy(call.arg, arg, sizeof(call.arg));
	decode(&call, text, key);
}

static void shows(const char *name, const uint64_t arg[DECODE_ARGS], const char *expected)
{
	decode_of(name, arg);
	tap_ok(!strcmp(text, expected), "%s", expected);
	if (strcmp(text, expected) != 0)
		printf("# but: %s\n", text);
}

#define SHOWS(name, expected, ...) \
	shows(name, (const uint64_t[DECODE_ARGS]){ __VA_ARGS__ }, expected)

static void test_numbers(void)
{
	SHOWS("socket", "socket(AF_INET, SOCK_CLOEXEC|SOCK_STREAM, IPPROTO_TCP)", AF_INET,
	      SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	SHOWS("socket", "socket(AF_UNIX, SOCK_DGRAM, 0)", AF_UNIX, SOCK_DGRAM, 0);
	SHOWS("socket", "socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT)", AF_NETLINK,
	      SOCK_RAW, 15);
	SHOWS("socket", "socket(99, SOCK_RAW, 7)", 99, SOCK_RAW, 7);
	SHOWS("ioctl", "ioctl(-1, TIOCSTI, 0x1000)", (uint64_t)-1, TIOCSTI, 0x1000);
	SHOWS("ioctl", "ioctl(-1, 0xdeadbeef, NULL)", (uint64_t)-1, 0xdeadbeef, 0);
	SHOWS("clone", "clone(CLONE_NEWUSER|SIGCHLD, NULL, NULL, NULL, NULL)",
	      CLONE_NEWUSER | SIGCHLD);
	SHOWS("unshare", "unshare(CLONE_NEWNS|CLONE_NEWNET)", CLONE_NEWNS | CLONE_NEWNET);
	SHOWS("unshare", "unshare(0x3ffffffff)", 0x3ffffffff);
	SHOWS("prctl", "prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)", PR_SET_PDEATHSIG, 9);
	SHOWS("ptrace", "ptrace(PTRACE_ATTACH, 12, NULL, NULL)", PTRACE_ATTACH, 12);
	SHOWS("mmap", "mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)", 0,
	      4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0);
	SHOWS("mprotect", "mprotect(0x1000, 4096, PROT_NONE)", 0x1000, 4096, PROT_NONE);
	SHOWS("kill", "kill(-1, SIGKILL)", (uint64_t)-1, 9);
	SHOWS("kill", "kill(5, 0)", 5, 0);
	SHOWS("keyctl", "keyctl(KEYCTL_READ, 3, 0x1000, 0, 0)", 11, 3, 0x1000);
	SHOWS("getpid", "getpid()", 0);
	SHOWS("setresuid", "setresuid(0, -1, 1000)", 0, UINT32_MAX, 1000);
	SHOWS("umount2", "umount2(NULL, MNT_DETACH|UMOUNT_NOFOLLOW)", 0, 10);
	SHOWS("unlinkat", "unlinkat(AT_FDCWD, NULL, AT_REMOVEDIR)", (uint64_t)AT_FDCWD, 0,
	      AT_REMOVEDIR);
}

/* Several names begin alike and stand for one number. */
static void test_families(void)
{
	SHOWS("userfaultfd", "userfaultfd(1)", 1);
	SHOWS("userfaultfd", "userfaultfd(O_CLOEXEC|1)", O_CLOEXEC | 1);
	SHOWS("keyctl", "keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0)", 1);
	SHOWS("lseek", "lseek(-1, 0, SEEK_HOLE)", (uint64_t)-1, 0, 4);
	SHOWS("getpriority", "getpriority(0x14, 0)", 20, 0);
	SHOWS("epoll_create1", "epoll_create1(1)", 1);
	SHOWS("timerfd_create", "timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC|1)", 1, O_CLOEXEC | 1);
	SHOWS("inotify_init1", "inotify_init1(IN_CLOEXEC|1)", O_CLOEXEC | 1);
	SHOWS("dup3", "dup3(-1, -1, 1)", (uint64_t)-1, (uint64_t)-1, 1);
	SHOWS("pipe2", "pipe2(NULL, O_DIRECT|1)", 0, O_DIRECT | 1);
	SHOWS("fsmount", "fsmount(-1, FSMOUNT_CLOEXEC, MOUNT_ATTR_STRICTATIME)", (uint64_t)-1, 1,
	      0x20);
	SHOWS("waitid", "waitid(0, 0, NULL, WEXITED|0x80, NULL)", 0, 0, 0, 0x84);
	SHOWS("msgctl", "msgctl(0, 0x200, NULL)", 0, 0x200);
	SHOWS("sendmsg", "sendmsg(-1, NULL, MSG_DONTROUTE)", (uint64_t)-1, 0, 4);
}

static void test_paths(void)
{
	char hostile[] = "/tmp/\x1b]0;x\a\n\"\\\xc3\xa9", longer[600];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	SHOWS("openat", "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC)", (uint64_t)AT_FDCWD,
	      AT("/etc/passwd"), O_CLOEXEC);
	SHOWS("open", "open(\"f\", O_RDWR|O_SYNC|O_CREAT, 0644)", AT("f"),
	      O_RDWR | O_CREAT | O_SYNC, 0644);
	SHOWS("open", "open(\"d\", O_WRONLY|O_TMPFILE, 0600)", AT("d"), O_WRONLY | O_TMPFILE, 0600);
	SHOWS("unlink", "unlink(\"/tmp/\\x1b]0;x\\x07\\x0a\\\"\\\\\\xc3\\xa9\")", AT(hostile));
	SHOWS("chmod", "chmod(\"x\", 04755)", AT("x"), 04755);
	SHOWS("rename", "rename(\"a\", \"b\")", AT("a"), AT("b"));
	SHOWS("mount", "mount(\"none\", \"/mnt\", \"tmpfs\", MS_RDONLY|MS_NOSUID, NULL)",
	      AT("none"), AT("/mnt"), AT("tmpfs"), 3);
	SHOWS("mknod", "mknod(\"sda\", 060600, makedev(8, 1))", AT("sda"), 060600, 8 << 8 | 1);
	SHOWS("unlink", "unlink(0x1)", 1);
	SHOWS("unlink", "unlink(NULL)", 0);
	decode_of("unlink", (const uint64_t[DECODE_ARGS]){ AT(longer) });
	tap_ok(strstr(text, "aaa\"...)") && strlen(text) < 300, "a long path is cut, and says so");
}

static void test_structures(void)
{
	char *const argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)"exit 1", NULL };
	struct open_how how = { .flags = O_WRONLY | O_CREAT,
				.mode = 0600,
				.resolve = RESOLVE_BENEATH };
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWPID, .exit_signal = SIGCHLD };

	SHOWS("execve", "execve(\"/bin/sh\", [\"/bin/sh\", \"-c\", \"exit 1\"], NULL)",
	      AT("/bin/sh"), AT(argv), 0);
	SHOWS("openat2", "openat2(AT_FDCWD, \"f\", {O_WRONLY|O_CREAT, 0600, RESOLVE_BENEATH}, 24)",
	      (uint64_t)AT_FDCWD, AT("f"), AT(&how), sizeof(how));
	SHOWS("clone3", "clone3({CLONE_NEWUSER|CLONE_NEWPID, SIGCHLD}, 88)", AT(&args),
	      sizeof(args));
	SHOWS("clone3", "clone3(0x8, 88)", 8, sizeof(args));
}

static void test_addresses(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(80) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(443),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0bus\n" };
	struct msghdr msg = { .msg_name = &in, .msg_namelen = sizeof(in) };

	in.sin_addr.s_addr = htonl(0x0a000001);
	SHOWS("connect", "connect(-1, {AF_INET, 10.0.0.1:80}, 16)", (uint64_t)-1, AT(&in),
	      sizeof(in));
	SHOWS("bind", "bind(-1, {AF_INET6, [::1]:443}, 28)", (uint64_t)-1, AT(&in6), sizeof(in6));
	SHOWS("connect", "connect(-1, {AF_UNIX, \"/run/x\"}, 110)", (uint64_t)-1, AT(&un),
	      sizeof(un));
	SHOWS("connect", "connect(-1, {AF_UNIX, @\"bus\\x0a\"}, 7)", (uint64_t)-1, AT(&abstract),
	      offsetof(struct sockaddr_un, sun_path) + 5);
	SHOWS("connect", "connect(-1, {AF_UNIX, unnamed}, 2)", (uint64_t)-1, AT(&abstract), 2);
	SHOWS("connect", "connect(-1, {AF_INET, ...}, 4)", (uint64_t)-1, AT(&in), 4);
	SHOWS("connect", "connect(-1, {}, 1)", (uint64_t)-1, AT(&in), 1);
	SHOWS("connect", "connect(-1, 0x1, 16)", (uint64_t)-1, 1, 16);
	SHOWS("sendto", "sendto(-1, 0x1000, 5, MSG_NOSIGNAL, {AF_INET, 10.0.0.1:80}, 16)",
	      (uint64_t)-1, 0x1000, 5, MSG_NOSIGNAL, AT(&in), sizeof(in));
	SHOWS("sendto", "sendto(-1, 0x1000, 5, 0, NULL, 0)", (uint64_t)-1, 0x1000, 5);
	SHOWS("sendmsg", "sendmsg(-1, {to {AF_INET, 10.0.0.1:80}}, 0)", (uint64_t)-1, AT(&msg));
}

/* A denial is reported again only if something that matters is different. */
static void test_keys(void)
{
	char first[DECODE_TEXT];

	decode_of("read", (const uint64_t[DECODE_ARGS]){ (uint64_t)-1, 0x1000, 5 });
	strcpy(first, key);
	decode_of("read", (const uint64_t[DECODE_ARGS]){ (uint64_t)-2, 0x2000, 6 });
	tap_ok(!strcmp(first, key), "descriptors, pointers and sizes don't make another denial");
	decode_of("unlink", (const uint64_t[DECODE_ARGS]){ AT("a") });
	strcpy(first, key);
	decode_of("unlink", (const uint64_t[DECODE_ARGS]){ AT("b") });
	tap_ok(strcmp(first, key) != 0, "another path makes another denial");
	decode_of("socket", (const uint64_t[DECODE_ARGS]){ AF_INET });
	strcpy(first, key);
	decode_of("socket", (const uint64_t[DECODE_ARGS]){ AF_INET6 });
	tap_ok(strcmp(first, key) != 0, "another family makes another denial");
}

/* A page that ends the mapped memory is read up to its end. */
static void test_edge(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *two =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)munmap(two + page, page);
	memcpy(two + page - 4, "edge", 4);
	SHOWS("unlink", "unlink(\"edge\")", AT(two + page - 4));
	memcpy(two + page - 4, "end", 4);
	SHOWS("unlink", "unlink(\"end\")", AT(two + page - 4));
	(void)munmap(two, page);
}

static void test_nameless(void)
{
	struct decode_call call = { .pid = getpid(), .number = 599, .arg = { 1, 0, 0xff } };

	decode(&call, text, key);
	tap_ok(!strcmp(text, "call 599(0x1, NULL, 0xff, NULL, NULL, NULL)"),
	       "a call that nobody has a name for: %s", text);
}

static void test_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char expected[64];

	(void)snprintf(expected, sizeof(expected), "fsync(%d</dev/null>)", fd);
	shows("fsync", (const uint64_t[DECODE_ARGS]){ (uint64_t)fd }, expected);
	(void)close(fd);
}

int main(void)
{
	test_numbers();
	test_families();
	test_paths();
	test_structures();
	test_addresses();
	test_keys();
	test_edge();
	test_nameless();
	test_fd();
	return tap_done();
}
