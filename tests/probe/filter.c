/* Fewer rights, as container runtimes give to those inside. */
#include "probe.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* If the call is that, the next n instructions; else over them. */
#define ON(call, n)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, (n))
#define ANSWER(answer) BPF_STMT(BPF_RET | BPF_K, (answer))

/* As Docker's default: no clone3, as a filter can't see its flags; no new user namespaces. */
static struct sock_filter userns[] = {
	LOAD(nr),
	ON(SYS_clone3, 1),
	ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
	ON(SYS_unshare, 3),
	LOAD(args[0]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
	ANSWER(SECCOMP_RET_ERRNO | EPERM),
	LOAD(nr),
	ON(SYS_clone, 3),
	LOAD(args[0]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
	ANSWER(SECCOMP_RET_ERRNO | EPERM),
	ANSWER(SECCOMP_RET_ALLOW),
};

static struct sock_filter mounts[] = {
	LOAD(nr),
	ON(SYS_mount, 1),
	ANSWER(SECCOMP_RET_ERRNO | EPERM),
	ON(430 /* fsopen */, 1),
	ANSWER(SECCOMP_RET_ERRNO | EPERM),
	ANSWER(SECCOMP_RET_ALLOW),
};

/* As a kernel without it. */
static struct sock_filter landlock[] = {
	LOAD(nr),
	ON(444 /* landlock_create_ruleset */, 1),
	ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
	ANSWER(SECCOMP_RET_ALLOW),
};

static struct sock_filter lethal[] = {
	LOAD(nr),
	ON(SYS_clone3, 1),
	ANSWER(SECCOMP_RET_KILL_PROCESS),
	ANSWER(SECCOMP_RET_ALLOW),
};

static const struct {
	const char *name;
	struct sock_fprog program;
} filters[] = {
	{ "userns", { sizeof(userns) / sizeof(userns[0]), userns } },
	{ "mounts", { sizeof(mounts) / sizeof(mounts[0]), mounts } },
	{ "landlock", { sizeof(landlock) / sizeof(landlock[0]), landlock } },
	{ "lethal", { sizeof(lethal) / sizeof(lethal[0]), lethal } },
};

/* filter NAME: from here on, also for what is executed */
int verb_filter(int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (!strcmp(filters[i].name, argv[0]))
			return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
			       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filters[i].program);
	}
	errno = EINVAL;
	return -1;
}

/* become ID: that user and group, with no other groups, for good */
int verb_become(int argc, char **argv)
{
	uid_t id = (uid_t)number(argv[0]);

	(void)argc;
	return setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id);
}
