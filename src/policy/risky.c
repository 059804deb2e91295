/* Calls that a policy should have a reason to allow: those that kernels have been broken by, or
 * that reach out of a sandbox if something else is missing. */
#include "risky.h"

#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* clang-format off */
static const struct risk risks[] = {
	{ "ptrace", { 16 }, "ptrace", "stops and changes other processes of the same user" },
	{ "process_vm_readv", { 1 }, "process_vm_readv", "reads other processes' memory" },
	{ "process_vm_writev", { 1 }, "process_vm_writev", "changes other processes' memory" },
	{ "process_madvise", { 0 }, "process_madvise", "advises on other processes' memory" },
	{ "pidfd_getfd", { 0 }, "pidfd_getfd", "takes other processes' descriptors" },
	{ "kcmp", { 1, 2 }, "kcmp", "tells where kernel objects are the same" },
	{ "ioctl", { 0, TIOCSTI }, "ioctl(TIOCSTI)", "types into the terminal" },
	{ "ioctl", { 0, TIOCLINUX }, "ioctl(TIOCLINUX)", "types into the console" },
	{ "io_uring_setup", { 8 }, "io_uring_setup", "has the kernel make calls that no filter sees" },
	{ "bpf", { 5 }, "bpf", "loads programs into the kernel" },
	{ "perf_event_open", { 0 }, "perf_event_open", "counts and samples in the kernel" },
	{ "userfaultfd", { 0 }, "userfaultfd", "holds up the kernel where it reads memory" },
	{ "keyctl", { 0 }, "keyctl", "keys are not in a namespace" },
	{ "add_key", { 0 }, "add_key", "keys are not in a namespace" },
	{ "request_key", { 0 }, "request_key", "keys are not in a namespace" },
	{ "clone", { CLONE_NEWUSER }, "clone(CLONE_NEWUSER)", "all capabilities in a namespace of its own" },
	{ "clone3", { 0 }, "clone3", "what it is asked for can't be filtered, namespaces neither" },
	{ "unshare", { CLONE_NEWUSER }, "unshare(CLONE_NEWUSER)", "all capabilities in a namespace of its own" },
	{ "setns", { 3, 0 }, "setns", "enters other namespaces" },
	{ "mount", { 0 }, "mount", "mounts, where it is privileged or in a user namespace" },
	{ "umount2", { 0 }, "umount2", "uncovers what a mount hides" },
	{ "move_mount", { 0 }, "move_mount", "mounts, where it is privileged or in a user namespace" },
	{ "fsopen", { 0 }, "fsopen", "has the kernel parse file systems" },
	{ "open_tree", { 0 }, "open_tree", "copies mounts" },
	{ "mount_setattr", { 0 }, "mount_setattr", "makes mounts writable" },
	{ "pivot_root", { 0 }, "pivot_root", "changes the root directory of all" },
	{ "chroot", { 0 }, "chroot", "with CAP_SYS_CHROOT a way out of a chroot" },
	{ "open_by_handle_at", { 0 }, "open_by_handle_at", "opens any file of a file system" },
	{ "mknod", { 0, S_IFCHR }, "mknod", "makes devices where it is privileged" },
	{ "mknodat", { 0, 0, S_IFCHR }, "mknodat", "makes devices where it is privileged" },
	{ "socket", { AF_ALG }, "socket(AF_ALG)", "the kernel's crypto" },
	{ "socket", { AF_VSOCK }, "socket(AF_VSOCK)", "a virtual machine's host, past network namespaces" },
	{ "socket", { AF_PACKET }, "socket(AF_PACKET)", "raw packets, where it is privileged" },
	{ "personality", { READ_IMPLIES_EXEC }, "personality", "weakens memory protection" },
	{ "modify_ldt", { 1 }, "modify_ldt", "segments for 16-bit code, a source of kernel bugs" },
	{ "init_module", { 0 }, "init_module", "loads code into the kernel" },
	{ "finit_module", { 0 }, "finit_module", "loads code into the kernel" },
	{ "delete_module", { 0 }, "delete_module", "unloads kernel modules" },
	{ "kexec_load", { 0 }, "kexec_load", "another kernel" },
	{ "kexec_file_load", { 0 }, "kexec_file_load", "another kernel" },
	{ "reboot", { 0 }, "reboot", "ends the machine, or the pid namespace" },
	{ "iopl", { 3 }, "iopl", "I/O ports" },
	{ "ioperm", { 0 }, "ioperm", "I/O ports" },
	{ "swapon", { 0 }, "swapon", "swap devices" },
	{ "acct", { 0 }, "acct", "process accounting of the host" },
	{ "syslog", { 0 }, "syslog", "reads the kernel's log" },
	{ "quotactl", { 0 }, "quotactl", "quotas of the host" },
	{ "settimeofday", { 0 }, "settimeofday", "sets the host's clock" },
	{ "clock_settime", { 0 }, "clock_settime", "sets the host's clock" },
	{ "lookup_dcookie", { 0 }, "lookup_dcookie", "names of files outside" },
	{ "fanotify_init", { 0 }, "fanotify_init", "watches whole file systems" },
	{ "vhangup", { 0 }, "vhangup", "hangs up the terminal" },
	{ "move_pages", { 0 }, "move_pages", "moves other processes' memory" },
	{ "migrate_pages", { 0 }, "migrate_pages", "moves other processes' memory" },
};
/* clang-format on */

const struct risk *risky(unsigned i)
{
	return i < sizeof(risks) / sizeof(risks[0]) ? &risks[i] : NULL;
}
