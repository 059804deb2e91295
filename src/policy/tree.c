/* May allocate, and use a memfd to get at what libseccomp made. */
#include "tree.h"

#include "log.h"
#include "names.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A tree of fewer isn't worth its jumps, and of none it is wrong: libseccomp#370. */
enum { TREE_RULES_MIN = 16 };

/* socketcall(2) and ipc(2) stand for many calls; libseccomp answers them as those. */
static bool stands_for_others(uint32_t arch, int nr)
{
	const char *name = arch == SCMP_ARCH_NATIVE ? NULL : policy_call_name(nr);

	return name && (!strcmp(name, "socketcall") || !strcmp(name, "ipc"));
}

static int add_rules(scmp_filter_ctx filter, uint32_t arch, struct policy_action otherwise,
		     const struct chains *chains)
{
	unsigned nrules = 0;

	for (size_t i = 0; i < chains->nchains; i++) {
		const struct chain *chain = &chains->chain[i];
		uint32_t action = chain->nrules ? TREE_MARK(i) : code_action(chain->last);
		int err;

		if (chain->nr >= POLICY_NEWER || stands_for_others(arch, chain->nr))
			continue;
		if (!chain->nrules && action_equal(chain->last, otherwise))
			continue; /* which libseccomp takes for a mistake */
		err = seccomp_rule_add(filter, action, chain->nr, 0);
		if (err == -EFAULT && arch != SCMP_ARCH_NATIVE)
			continue; /* it has no name for a call of ours that is native's alone */
		if (err < 0)
			return log_errno(err, "cannot add %s to the filter",
					 policy_call_name(chain->nr));
		nrules++;
	}
	return seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, nrules < TREE_RULES_MIN ? 1 : 2);
}

static bool is_check_of_arch(const struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return insn->k == offsetof(struct seccomp_data, arch) ||
		       insn->k == offsetof(struct seccomp_data, nr);
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
		return true;
	default:
		return insn->code == (BPF_RET | BPF_K) && insn->k == SECCOMP_RET_KILL_PROCESS;
	}
}

/* libseccomp begins with a check of the architecture, which is made already, and then loads the
 * number, which A holds: go on after that. */
static size_t skip_check(const struct sock_filter *insn, size_t len)
{
	enum { CHECK_MAX = 7 };
	size_t after = 0;

	for (size_t i = 0; i < len && i < CHECK_MAX && is_check_of_arch(&insn[i]); i++) {
		if (BPF_CLASS(insn[i].code) == BPF_LD &&
		    insn[i].k == offsetof(struct seccomp_data, nr))
			after = i + 1;
	}
	return after;
}

static int append_export(struct code *code, scmp_filter_ctx filter)
{
	size_t room = sizeof(code->insn) - code->len * sizeof(code->insn[0]), len, skip;
	struct sock_filter *insn = &code->insn[code->len];
	int fd = memfd_create("filter", MFD_CLOEXEC), err;
	ssize_t n;

	if (fd < 0)
		return -errno;
	err = seccomp_export_bpf(filter, fd);
	n = err ? 0 : pread(fd, insn, room, 0);
	if (n < 0)
		err = -errno;
	if (!err && lseek(fd, 0, SEEK_END) > (off_t)room)
		code->full = true;
	(void)close(fd);
	if (err)
		return err;
	len = (size_t)n / sizeof(*insn);
	skip = skip_check(insn, len);
	memmove(insn, insn + skip, (len - skip) * sizeof(*insn));
	code->len += len - skip;
	return 0;
}

static int set_arch(scmp_filter_ctx filter, uint32_t arch)
{
	int err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (err || arch == SCMP_ARCH_NATIVE)
		return err;
	err = seccomp_arch_add(filter, arch);
	return err ? err : seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
}

int tree_emit(struct code *code, uint32_t arch, struct policy_action otherwise,
	      const struct chains *chains)
{
	scmp_filter_ctx filter;
	int err;

	/* Else libseccomp asks the running kernel what it knows, which needn't be the one that runs
	 * the program. 4: kill the process, log, with which all of ours are known. */
	(void)seccomp_api_set(4);
	filter = seccomp_init(code_action(otherwise));
	if (!filter)
		return log_errno(-EINVAL, "cannot begin a filter with libseccomp");
	err = set_arch(filter, arch);
	if (!err)
		err = add_rules(filter, arch, otherwise, chains);
	if (!err)
		err = append_export(code, filter);
	if (err)
		(void)log_errno(err, "cannot make a filter with libseccomp");
	seccomp_release(filter);
	return err;
}
