/* System calls that would change more than the sandbox. */
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child: what succeeds must not change what comes after it. */
static void apart(const char *key, long (*attempt)(void))
{
	int status = 0, err;
	pid_t pid = fork();

	if (pid == 0) {
		errno = 0;
		_exit(attempt() < 0 ? errno : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		trouble("cannot try %s", key);
	err = WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		say("%s=signal %d", key, WTERMSIG(status));
	else
		say("%s=%s", key, err ? error_name(err) : "ok");
}

static long new_user(void)
{
	return unshare(CLONE_NEWUSER);
}

/* As a C library that goes around unshare(2). */
static long clone3_user(void)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, size, tls;
	} args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long pid = syscall(435, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid;
}

static long new_mounts(void)
{
	return unshare(CLONE_NEWNS);
}

static long new_net(void)
{
	return unshare(CLONE_NEWNET);
}

static long mount_tmpfs(void)
{
	return mount("escape", "/tmp", "tmpfs", 0, NULL);
}

static long umount_proc(void)
{
	return umount2("/proc", MNT_DETACH);
}

static long pivot(void)
{
	return syscall(SYS_pivot_root, ".", ".");
}

static long open_mount_api(void)
{
	return syscall(430 /* fsopen */, "tmpfs", 0);
}

static long clone_tree(void)
{
	return syscall(428 /* open_tree */, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */);
}

static long chroot_here(void)
{
	return chroot("/");
}

static long host_name(void)
{
	return sethostname("escaped", 7);
}

static long no_groups(void)
{
	return syscall(SYS_setgroups, 0, NULL);
}

static long other_user(void)
{
	return syscall(SYS_setuid, getuid() ? 0 : 1);
}

static long gain_capability(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { ~0U, ~0U, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capset, &head, data);
}

static long raise_ambient(void)
{
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0);
}

static long block_node(void)
{
	return mknod("/tmp/escape-node", S_IFBLK | 0600, 0x801);
}

static long char_node(void)
{
	return mknod("/tmp/escape-node", S_IFCHR | 0600, 0x103);
}

static long ctrl_alt_del(void)
{
	return reboot(RB_DISABLE_CAD);
}

static long load_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long load_kernel(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, 0);
}

static long swap_on(void)
{
	return swapon("/no/such/file", 0);
}

static long accounting(void)
{
	return syscall(SYS_acct, "/no/such/file");
}

static long set_time(void)
{
	struct timezone zone = { 0, 0 };

	return syscall(SYS_settimeofday, NULL, &zone);
}

static long console_level(void)
{
	return klogctl(7, NULL, 0);
}

static long io_ports(void)
{
#ifdef SYS_ioperm
	return syscall(SYS_ioperm, 0x80, 1, 1);
#else
	errno = ENOSYS;
	return -1;
#endif
}

/* The way out of a bind mount that started it all: a file by its number. */
static long by_handle(void)
{
	struct {
		unsigned bytes;
		int type;
		unsigned char data[128];
	} handle = { .bytes = sizeof(handle.data) };
	int id;
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* What the file system can't name, it can't open: any handle is refused first. */
	if (syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &handle, &id, 0) < 0)
		handle.bytes = 8;
	return syscall(SYS_open_by_handle_at, root, &handle, O_RDONLY);
}

static long raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit))
		return 0;
	limit.rlim_cur = limit.rlim_max = 4096;
	if (setrlimit(RLIMIT_CORE, &limit))
		return 0;
	limit.rlim_max = 8192;
	return setrlimit(RLIMIT_CORE, &limit);
}

static long priority(void)
{
	return setpriority(PRIO_PROCESS, 0, -20);
}

static long spare_from_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	return fd < 0 ? fd : write(fd, "-1000", 5);
}

static long trace_init(void)
{
	return ptrace(PTRACE_SEIZE, 1, NULL, NULL);
}

static long read_init(void)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { (void *)(uintptr_t)0x400000, 1 };

	return process_vm_readv(1, &to, 1, &from, 1, 0);
}

static long take_fd(void)
{
	int pidfd = (int)syscall(434 /* pidfd_open */, 1, 0);

	return pidfd < 0 ? 0 : syscall(438 /* pidfd_getfd */, pidfd, 0, 0);
}

static long join_init(void)
{
	int pidfd = (int)syscall(434, 1, 0);

	return pidfd < 0 ? 0 : setns(pidfd, CLONE_NEWUSER | CLONE_NEWNS);
}

#ifdef __x86_64__
/* The kernel's word only: without a filter there is nothing to get around. */
static long entry_i386(void)
{
	long nr = 20; /* getpid */

	__asm__ volatile("int $0x80" : "+a"(nr) : : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-nr;
	return nr < 0 ? -1 : nr;
}

static long entry_x32(void)
{
	return syscall(0x40000000 | SYS_getpid);
}
#endif

void calls_facts(void)
{
	apart("unshare.user", new_user);
	apart("clone3.user", clone3_user);
	apart("unshare.mnt", new_mounts);
	apart("unshare.net", new_net);
	apart("mount", mount_tmpfs);
	apart("umount", umount_proc);
	apart("pivot_root", pivot);
	apart("fsopen", open_mount_api);
	apart("open_tree", clone_tree);
	apart("chroot", chroot_here);
	apart("sethostname", host_name);
	apart("setgroups", no_groups);
	apart("setuid", other_user);
	apart("capset", gain_capability);
	apart("ambient", raise_ambient);
	apart("mknod.block", block_node);
	apart("mknod.char", char_node);
	apart("reboot", ctrl_alt_del);
	apart("init_module", load_module);
	apart("kexec_load", load_kernel);
	apart("swapon", swap_on);
	apart("acct", accounting);
	apart("settimeofday", set_time);
	apart("syslog", console_level);
	apart("ioperm", io_ports);
	apart("open_by_handle", by_handle);
	apart("rlimit", raise_limit);
	apart("nice", priority);
	apart("oom_score_adj", spare_from_oom);
	apart("init.ptrace", trace_init);
	apart("init.vm_readv", read_init);
	apart("init.getfd", take_fd);
	apart("init.setns", join_init);
#ifdef __x86_64__
	apart("kernel.i386", entry_i386);
	apart("kernel.x32", entry_x32);
#endif
}
