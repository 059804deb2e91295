/* The floor of sandbox launchers: the calls nobody can do without, in the order that turned out to
 * be the fastest. No options to speak of, no messages, no signals passed on, nothing undone: it
 * isn't a launcher to use, but the price below which nobody gets who builds the same sandbox with a
 * root of its own and a reaping PID 1.
 *
 * The sandbox is the one that cradle promises by default: with it go a /run and a session keyring
 * of its own, no descriptor that was inherited, an end with the launcher that no race can miss, and
 * a PID 1 that isn't dumpable. What changes nothing once the agent can gain no privileges (a
 * smaller bounding set) or without a terminal (a session) isn't counted as such.
 *
 *   sandbox_floor [-l] [-n] [-i | -p DIR] [-s FD] [-b COUNT SOURCE] PROGRAM [ARG...]
 *
 *   -l  less: namespaces, /, /dev, /proc and /tmp, and nothing of the above
 *   -n  a network namespace, loopback up
 *   -i  the host's tree where it is, instead of a clone of it that becomes the root
 *   -p  a private root: /usr, and DIR as /bench
 *   -s  the seccomp filter to read from FD
 *   -b  COUNT times SOURCE, as /tmp/0, /tmp/1, ... */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian 12's headers are older, or can't be included beside <sys/mount.h>. */
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#define RECURSIVE      0x8000
#define EMPTY_PATH     0x1000
#define TREE_CLONE     1
#define MOVE_FROM_TREE 4

enum { RDONLY = 1, NOSUID = 2, NODEV = 4 };

struct attributes {
	uint64_t set, clear, propagation, userns;
};
struct clone3_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static struct {
	char **argv;
	const char *private; /* what /bench becomes; NULL: the host's root */
	const char *source;
	unsigned nbinds;
	int filter;
	bool net, in_place, less;
	uid_t uid;
	gid_t gid;
	int status; /* PID 1 tells the agent's end here, before its namespaces are torn down */
} want = { .filter = -1 };

/* Says which step; whoever wants to know why takes strace. */
static void must(long result, const char *step)
{
	if (result >= 0)
		return;
	(void)!write(2, "sandbox_floor: cannot ", 22);
	(void)!write(2, step, strlen(step));
	(void)!write(2, "\n", 1);
	_exit(125);
}

static size_t number(char *to, unsigned value)
{
	size_t n = value > 9 ? number(to, value / 10) : 0;

	to[n++] = (char)('0' + value % 10);
	to[n] = 0;
	return n;
}

/* musl's open() adds an fcntl(). */
static void put(const char *path, const char *text)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);

	must(fd, path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

static void map(const char *path, unsigned id)
{
	char text[32];
	size_t n = number(text, id);

	text[n++] = ' ';
	n += number(text + n, id);
	strcpy(text + n, " 1");
	put(path, text);
}

static void loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(ioctl(fd, SIOCSIFFLAGS, &lo), "bring lo up");
	close(fd);
}

/* Private, or what the host mounts later shows up inside, and writable: user namespaces get slaves
 * of its mounts. */
static struct attributes locked = { .set = RDONLY | NOSUID | NODEV, .propagation = MS_PRIVATE };

static int tree(const char *path, unsigned recursive)
{
	unsigned flags = TREE_CLONE | O_CLOEXEC | recursive;
	int fd = (int)syscall(SYS_open_tree_attr, AT_FDCWD, path, flags, &locked, sizeof(locked));

	if (fd >= 0)
		return fd;
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
	must(fd, "clone a tree");
	must(syscall(SYS_mount_setattr, fd, "", EMPTY_PATH | recursive, &locked, sizeof(locked)),
	     "lock a tree");
	return fd;
}

static void attach(int fd, const char *path)
{
	must(syscall(SYS_move_mount, fd, "", AT_FDCWD, path, MOVE_FROM_TREE), path);
}

/* Once it is over, the old root lies on top of the new one: ".." leads there, as paths don't begin
 * with what is mounted on their root, but ".." looks for it. */
static void pivot(void)
{
	must(syscall(SYS_pivot_root, ".", "."), "pivot");
}

static void root_of_host(void)
{
	int fd = tree("/", RECURSIVE);

	attach(fd, "/");
	must(fchdir(fd), "enter the root");
	pivot();
}

static void root_of_its_own(void)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib64" };
	static const char *const targets[] = { "usr/bin", "usr/sbin", "usr/lib", "usr/lib64" };
	static const char *const dirs[] = { "/usr", "/bench", "/dev", "/proc", "/tmp" };
	char path[4096] = "/..";

	must(mount("tmpfs", "/", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"), "mount the root");
	must(chdir("/.."), "enter the root");
	pivot();
	for (unsigned i = 0; i < 5; i++)
		must(mkdir(dirs[i], 0755), dirs[i]);
	for (unsigned i = 0; i < 4; i++)
		must(symlink(targets[i], names[i]), names[i]);
	attach(tree("/../usr", RECURSIVE), "/usr");
	attach(tree(strncat(path, want.private, sizeof(path) - 4), RECURSIVE), "/bench");
}

/* FROM is the host's /dev with a slash, or "" where that is the working directory. */
static void devices(const char *from)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
	char host[32], path[32] = "/dev/";

	must(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755"), "mount /dev");
	for (unsigned i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		strcat(strcpy(host, from), nodes[i]);
		strcpy(path + 5, nodes[i]);
		must(mknod(path, S_IFREG | 0666, 0), path);
		must(mount(host, path, NULL, MS_BIND, NULL), path);
	}
	must(symlink("pts/ptmx", "/dev/ptmx"), "link");
	must(symlink("/proc/self/fd", "/dev/fd"), "link");
	must(symlink("/proc/self/fd/0", "/dev/stdin"), "link");
	must(symlink("/proc/self/fd/1", "/dev/stdout"), "link");
	must(symlink("/proc/self/fd/2", "/dev/stderr"), "link");
	must(mkdir("/dev/pts", 0755), "make /dev/pts");
	must(mkdir("/dev/shm", 01777), "make /dev/shm");
	must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		   "newinstance,ptmxmode=0666,mode=620"),
	     "mount /dev/pts");
}

static void binds(void)
{
	char path[32] = "/tmp/", source[4096] = "";

	if (!want.in_place)
		strcpy(source, "/..");
	if (want.nbinds)
		strncat(source, want.source, sizeof(source) - 4);
	for (unsigned i = 0; i < want.nbinds; i++) {
		int fd = tree(source, RECURSIVE);

		number(path + 5, i);
		must(mkdir(path, 0755), path);
		attach(fd, path);
		close(fd);
	}
}

/* The mount namespace is a copy of the host's already: its mounts are locked where they are, and
 * nothing has to be unmounted, which is what takes long. What is below our /dev stays there, as it
 * does in a cloned tree. */
static void root_in_place(void)
{
	struct attributes usable = { .clear = RDONLY | NODEV };

	must(chdir("/dev"), "enter /dev");
	devices("");
	must(syscall(SYS_mount_setattr, AT_FDCWD, "/", RECURSIVE, &locked, sizeof(locked)),
	     "lock the root");
	must(syscall(SYS_mount_setattr, AT_FDCWD, "/dev", RECURSIVE, &usable, sizeof(usable)),
	     "make /dev usable");
}

static void root(void)
{
	if (want.in_place)
		root_in_place();
	else if (want.private)
		root_of_its_own();
	else
		root_of_host();
	if (!want.in_place)
		devices("/../dev/");
	must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount /proc");
	must(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"), "mount /tmp");
	if (!want.less && !want.private)
		must(mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"),
		     "mount /run");
	binds();
	if (!want.in_place)
		must(umount2("/..", MNT_DETACH), "let go of the old root");
	must(chdir("/"), "enter /");
}

static void filter(void)
{
	static struct sock_filter code[4096];
	ssize_t size = read(want.filter, code, sizeof(code));
	struct sock_fprog program = { .filter = code };

	must(size, "read the filter");
	program.len = (unsigned short)((size_t)size / sizeof(*code));
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "load the filter");
}

/* Borrows the memory of PID 1, which sleeps until the exec. */
static int agent(void *arg)
{
	struct {
		uint32_t version;
		int pid;
	} header = { 0x20080522, 0 };
	uint32_t none[6] = { 0 };

	(void)arg;
	must(syscall(SYS_capset, &header, none), "drop the capabilities");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "forbid new privileges");
	if (want.filter >= 0)
		filter();
	if (!want.less)
		must(syscall(SYS_close_range, 3, ~0U, 0), "close what was inherited");
	execv(want.argv[0], want.argv);
	must(-1, "execute the program");
	return 127;
}

/* It may have died before prctl(2) took effect: its pidfd tells. */
static void tie(int launcher)
{
	struct pollfd gone = { .fd = launcher, .events = POLLIN };

	must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "end with the launcher");
	if (poll(&gone, 1, 0) > 0)
		_exit(125);
}

static void pid1(int launcher)
{
	static char stack[8192] __attribute__((aligned(16)));
	int status;
	pid_t pid;

	if (!want.less)
		tie(launcher);
	put("/proc/self/setgroups", "deny");
	map("/proc/self/uid_map", want.uid);
	map("/proc/self/gid_map", want.gid);
	if (!want.less)
		must(syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL),
		     "leave the session keyring");
	if (want.net)
		loopback();
	root();
	if (!want.less)
		must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "hide the memory");
	pid = clone(agent, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	must(pid, "start the program");
	while (wait4(-1, &status, 0, NULL) != pid)
		;
	(void)!write(want.status, &status, sizeof(status));
	_exit(0);
}

static bool options(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "+lnip:s:b:")) != -1) {
		if (opt == 'n')
			want.net = true;
		else if (opt == 'l')
			want.less = true;
		else if (opt == 'i')
			want.in_place = true;
		else if (opt == 'p')
			want.private = optarg;
		else if (opt == 's')
			want.filter = atoi(optarg);
		else if (opt == 'b' && optind < argc)
			want.nbinds = (unsigned)atoi(optarg), want.source = argv[optind++];
		else
			return false;
	}
	want.argv = argv + optind;
	want.uid = getuid();
	want.gid = getgid();
	return optind < argc;
}

int main(int argc, char **argv)
{
	struct clone3_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
					     CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
				    .exit_signal = SIGCHLD };
	int end[2], status, self = -1;
	long pid;

	if (!options(argc, argv))
		return 125;
	args.flags |= want.net ? CLONE_NEWNET : 0;
	must(syscall(SYS_pipe2, end, O_CLOEXEC), "make a pipe");
	want.status = end[1];
	if (!want.less)
		must(self = (int)syscall(SYS_pidfd_open, getpid(), 0), "open a pidfd");
	pid = syscall(SYS_clone3, &args, sizeof(args));
	must(pid, "clone");
	if (!pid)
		pid1(self);
	close(end[1]);
	if (read(end[0], &status, sizeof(status)) != sizeof(status))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
