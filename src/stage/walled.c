/* A supervisor without namespaces: a subreaper below the launcher. What it is not: the init of a
 * PID namespace, with which all would end. So the end of the launcher reaches it as the end of
 * their socket, and it kills what it finds below itself. May change nothing but itself. */
#include "enter.h"

#include "dest.h"
#include "log.h"
#include "pty.h"
#include "status.h"
#include "util.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What pty_enter() had installed for the same socket. */
static int (*terminal_event)(int socket);

static int pass_over(int socket)
{
	struct status_message message;
	int fd, err = status_receive(socket, &message, &fd);

	if (!err && fd >= 0)
		(void)close(fd);
	return err;
}

/* Each request is a step of the stop plan: to the agent, to all, and KILL to all. */
static int on_launcher(int socket)
{
	static int steps = 3;
	int ret = terminal_event ? terminal_event(socket) : pass_over(socket);

	if (ret >= 0)
		return ret;
	return steps-- > 0 ? CRADLE_REQUEST_STOP : ret;
}

static void watch_launcher(struct spec *spec)
{
	static struct cradle_watch watch;

	if (spec->core.nwatch)
		terminal_event = spec->core.watch[0].event;
	watch = (struct cradle_watch){ spec->run.status.launcher, on_launcher };
	spec->core.watch = &watch;
	spec->core.nwatch = 1;
}

static int change_dir(struct spec_run *run)
{
	int err = run->chdir && chdir(run->chdir) < 0 ? -errno : 0;

	run->pwd = run->chdir;
	return err ? log_errno(err, "cannot change to %s", run->chdir) : 0;
}

#if defined(__x86_64__)
enum { NATIVE = (int)AUDIT_ARCH_X86_64, OTHER = AUDIT_ARCH_I386, OTHER_PRLIMIT64 = 340 };
#elif defined(__aarch64__)
enum { NATIVE = (int)AUDIT_ARCH_AARCH64, OTHER = AUDIT_ARCH_ARM, OTHER_PRLIMIT64 = 369 };
#else
enum { NATIVE = (int)AUDIT_ARCH_RISCV64, OTHER = 0, OTHER_PRLIMIT64 = -1 };
#endif

enum { X32_BIT = 0x40000000 };

#define DATA(member) (unsigned)offsetof(struct seccomp_data, member)

/* No Landlock keeps a process from setting limits of those outside, and whoever has no CPU time
 * left is killed by the kernel, our supervisor as well. Of others they may be read. */
int walled_guard(void)
{
	static struct sock_filter insn[] = {
		BPF_STMT(BPF_LD | BPF_ABS, DATA(arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ, (unsigned)NATIVE, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ, (unsigned)OTHER, 0, 11),
		BPF_STMT(BPF_LD | BPF_ABS, DATA(nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ, (unsigned)OTHER_PRLIMIT64, 3, 9),
		BPF_STMT(BPF_LD | BPF_ABS, DATA(nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_prlimit64, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ, X32_BIT | SYS_prlimit64, 0, 6),
		BPF_STMT(BPF_LD | BPF_ABS, DATA(args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ, 0, 4, 0),
		BPF_STMT(BPF_LD | BPF_ABS, DATA(args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ, 0, 0, 3),
		BPF_STMT(BPF_LD | BPF_ABS, DATA(args[2]) + sizeof(uint32_t)),
		BPF_JUMP(BPF_JMP | BPF_JEQ, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	static const struct sock_fprog program = { ARRAY_SIZE(insn), insn };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return 0;
	return log_errno(-errno, "cannot keep the agent from the limits of processes outside");
}

int walled_enter(struct spec *spec)
{
	int err = spec->run.confine.keep_keyring ? 0 : leave_keyring(&spec->run);

	if (!err)
		err = pty_enter(spec);
	if (!err)
		err = change_dir(&spec->run);
	watch_launcher(spec);
	/* Before Linux 6.12 nothing else keeps the agent from looking into it. */
	if (!err)
		(void)prctl(PR_SET_DUMPABLE, 0);
	return err;
}
