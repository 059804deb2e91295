/* What several policies say together about one call. Touches nothing but the files that it reads
 * them from. */
#include "supervise_stack.h"

#include "load.h"
#include "log.h"
#include "names.h"
#include "supervise_bpf.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { X32_BIT = 0x40000000, BPF_BYTES = BPF_MAXINSNS * sizeof(struct sock_filter) };

static uint32_t find_arch(const struct seccomp_data *data)
{
	if (data->arch == SCMP_ARCH_X86_64 && data->nr >= 0 && data->nr & X32_BIT)
		return SCMP_ARCH_X32;
	return data->arch;
}

void stack_resolve(struct stack_call *call, const struct seccomp_data *data, pid_t pid)
{
	char *name;

	memset(call, 0, sizeof(*call));
	call->data = data;
	call->arch = find_arch(data);
	call->call.pid = pid;
	call->call.nr = data->nr;
	call->call.narrow = call->arch == SCMP_ARCH_X86 || call->arch == SCMP_ARCH_ARM ||
			    call->arch == SCMP_ARCH_X32;
	for (unsigned i = 0; i < DECODE_ARGS; i++)
		call->call.arg[i] = data->args[i];
	if (call->arch != seccomp_arch_native()) {
		name = seccomp_syscall_resolve_num_arch(call->arch, data->nr);
		call->call.nr = name ? policy_call_number(name) : POLICY_NO_CALL;
		free(name);
	}
	call->call.name = policy_call_name(call->call.nr);
}

/* From the start whatever was read before us: another process of the launch may share the offset.
 */
static ssize_t read_program(const char *name, char *bytes, size_t size)
{
	const char *number = util_after(name, "fd:");
	uint64_t given;
	ssize_t n;
	int fd;

	if (number && !util_number(number, INT32_MAX, &given))
		return -EINVAL;
	fd = number ? fcntl((int)given, F_DUPFD_CLOEXEC, 0) : open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pread(fd, bytes, size, 0);
	if (n < 0)
		n = -errno;
	(void)close(fd);
	return n;
}

/* 1: taken; 0: it isn't a program, but may be a policy. */
static int add_program(struct stack_layer *layer, const char *name)
{
	char *bytes = malloc(BPF_BYTES + 1);
	ssize_t n = bytes ? read_program(name, bytes, BPF_BYTES + 1) : -ENOMEM;

	if (n > 0 && policy_kind(bytes, (size_t)n) == POLICY_BPF) {
		layer->program = (void *)bytes;
		layer->len = (size_t)n / sizeof(struct sock_filter);
		if (n <= (ssize_t)BPF_BYTES && n % (ssize_t)sizeof(struct sock_filter) == 0)
			return 1;
		layer->program = NULL;
		n = -EBADMSG;
	}
	free(bytes);
	if (n == -EBADMSG || (n < 0 && util_after(name, "fd:")))
		return log_errno((int)n, "cannot read the seccomp program %s", name);
	return 0;
}

int stack_add(struct stack *stack, const char *name, const struct policy_context *context)
{
	struct stack_layer *layer = &stack->layer[stack->nlayers];
	int err;

	if (stack->nlayers == STACK_LAYERS)
		return log_errno(-E2BIG, "%s: expected at most %d policies", name, STACK_LAYERS);
	layer->name = name;
	stack->nlayers++;
	err = add_program(layer, name);
	if (err)
		return err < 0 ? err : 0;
	return policy_load(&layer->policy, name, context);
}

static bool names_arch(const struct policy *policy, uint32_t arch)
{
	if (arch == seccomp_arch_native())
		return true;
	for (unsigned i = 0; i < policy->narchs; i++) {
		if (policy->arch[i] == arch)
			return true;
	}
	return false;
}

/* What the kernel does with a filter's answer where no tracer and no listener is. */
static struct policy_action action_of(uint32_t ret)
{
	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return (struct policy_action){ POLICY_ALLOW, 0 };
	case SECCOMP_RET_LOG:
		return (struct policy_action){ POLICY_LOG, 0 };
	case SECCOMP_RET_ERRNO:
		return (struct policy_action){ POLICY_ERRNO, (int)(ret & SECCOMP_RET_DATA) };
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_USER_NOTIF:
		return (struct policy_action){ POLICY_ERRNO, ENOSYS };
	case SECCOMP_RET_TRAP:
		return (struct policy_action){ POLICY_TRAP, 0 };
	default:
		return (struct policy_action){ POLICY_KILL, 0 };
	}
}

static struct verdict judge_one(const struct stack_layer *layer, const struct stack_call *call)
{
	struct verdict verdict = { .by = layer, .reason = VERDICT_PROGRAM };
	const struct policy *policy = &layer->policy;

	if (layer->program) {
		verdict.action = action_of(bpf_run(layer->program, layer->len, call->data));
	} else if (!names_arch(policy, call->arch)) {
		verdict.reason = VERDICT_ARCH;
		verdict.action.act = POLICY_KILL;
	} else {
		verdict.action = policy_eval(policy, call->call.nr, call->call.arg, &verdict.rule);
		verdict.reason = verdict.rule                          ? VERDICT_RULE
				 : policy_knows(policy, call->call.nr) ? VERDICT_DEFAULT
								       : VERDICT_UNKNOWN;
	}
	return verdict;
}

struct verdict stack_judge(const struct stack *stack, const struct stack_call *call)
{
	struct verdict strictest = { .reason = VERDICT_NOBODY };

	for (unsigned i = stack->nlayers; i-- > 0;) {
		struct verdict verdict = judge_one(&stack->layer[i], call);

		if (verdict.action.act > POLICY_LOG && verdict.action.act > strictest.action.act)
			strictest = verdict;
	}
	return strictest;
}

void stack_finish(struct stack *stack)
{
	for (unsigned i = 0; i < stack->nlayers; i++) {
		free(stack->layer[i].program);
		policy_finish(&stack->layer[i].policy);
	}
	memset(stack, 0, sizeof(*stack));
}
