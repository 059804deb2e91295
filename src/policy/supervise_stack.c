/* What several policies say together about one call. Touches nothing but the files that it reads
 * them from. */
#include "supervise_stack.h"

#include "arch.h"
#include "archname.h"
#include "bpf_run.h"
#include "compile.h"
#include "load.h"
#include "log.h"
#include "memory.h"
#include "names.h"
#include "source.h"
#include "util.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { X32_BIT = 0x40000000, BPF_BYTES = BPF_MAXINSNS * sizeof(struct sock_filter) };

static uint32_t find_arch(const struct seccomp_data *data)
{
	/* As the filter's first comparison has it; -1 is a tracer's way to skip a call. */
	if (data->arch == SCMP_ARCH_X86_64 && data->nr != -1 && (uint32_t)data->nr >= X32_BIT)
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
	call->call.number = call->arch == SCMP_ARCH_X32 ? data->nr & ~X32_BIT : data->nr;
	call->call.narrow = arch_is_narrow(call->arch) || call->arch == SCMP_ARCH_X32;
	for (unsigned i = 0; i < DECODE_ARGS; i++)
		call->call.arg[i] = data->args[i];
	if (!archname_is_native(call->arch)) {
		name = seccomp_syscall_resolve_num_arch(call->arch, data->nr);
		call->call.nr = name ? policy_call_number(name) : POLICY_NO_CALL;
		free(name);
	}
	call->call.name = policy_call_name(call->call.nr);
}

/* From the start, whatever was read before: another process of the launch may share the offset. */
static ssize_t read_fd(const char *number, char *bytes, size_t size)
{
	uint64_t fd;
	ssize_t n;

	if (!util_number(number, INT32_MAX, &fd))
		return -EINVAL;
	n = pread((int)fd, bytes, size, 0);
	return n < 0 ? -errno : n;
}

/* A program is whole instructions, as many as the kernel takes. */
static int take_program(struct stack_layer *layer, const char *bytes, ssize_t n)
{
	if (n > 0 && (n > (ssize_t)BPF_BYTES || n % (ssize_t)sizeof(*layer->program)))
		n = -EBADMSG;
	if (n <= 0)
		return log_errno(n ? (int)n : -ENODATA, "cannot read the seccomp program %s",
				 layer->name);
	layer->program = memory_grow(NULL, (size_t)n, 1);
	layer->len = (size_t)n / sizeof(*layer->program);
	memcpy(layer->program, bytes, (size_t)n);
	return 0;
}

/* Whether the file is a program, and not a policy (or nothing, which policy_load() says then). */
static bool find_program(struct policy *policy, const char *name, const struct policy_input **input)
{
	policy_init(policy, name);
	return source_find(policy, name, NULL, input) == 0 &&
	       policy_kind((*input)->bytes, (*input)->len) == POLICY_BPF;
}

int stack_add(struct stack *stack, const char *name, const struct policy_context *context)
{
	static char bytes[BPF_BYTES + 1];
	struct stack_layer *layer = &stack->layer[stack->nlayers];
	const char *number = util_after(name, "fd:");
	const struct policy_input *input;
	int err;

	if (stack->nlayers == STACK_LAYERS)
		return log_errno(-E2BIG, "%s: expected at most %d policies", name, STACK_LAYERS);
	layer->name = name;
	stack->nlayers++;
	if (number)
		return take_program(layer, bytes, read_fd(number, bytes, sizeof(bytes)));
	if (!find_program(&layer->policy, name, &input)) {
		policy_finish(&layer->policy);
		return policy_load(&layer->policy, name, context);
	}
	err = take_program(layer, input->bytes, (ssize_t)input->len);
	policy_finish(&layer->policy);
	return err;
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

/* Where arguments lie in memory or are narrower, the compiler knows what becomes of conditions; the
 * rule that eval finds is named if it says the same. */
static struct policy_action judge_foreign(struct stack_layer *layer, const struct stack_call *call)
{
	struct policy_program compiled = { 0 };

	if (!layer->compiled && policy_compile(&layer->policy, &compiled) == 0) {
		layer->compiled = compiled.insn;
		layer->compiled_len = compiled.len;
	}
	return action_of(bpf_run(layer->compiled, layer->compiled_len, call->data));
}

static struct verdict judge_policy(struct stack_layer *layer, const struct stack_call *call)
{
	struct verdict verdict = { .by = layer };
	const struct policy *policy = &layer->policy;
	struct policy_action exact;

	verdict.action = policy_eval(policy, call->call.nr, call->call.arg, &verdict.rule);
	verdict.reason = verdict.rule                          ? VERDICT_RULE
			 : policy_knows(policy, call->call.nr) ? VERDICT_DEFAULT
							       : VERDICT_UNKNOWN;
	if (archname_is_native(call->arch))
		return verdict;
	exact = judge_foreign(layer, call);
	if (policy_same_action(&exact, &verdict.action))
		return verdict;
	return (struct verdict){ .action = exact, .reason = VERDICT_HIDDEN, .by = layer };
}

static struct verdict judge_one(struct stack_layer *layer, const struct stack_call *call)
{
	struct verdict verdict = { .by = layer };

	if (layer->program) {
		verdict.reason = VERDICT_PROGRAM;
		verdict.action = action_of(bpf_run(layer->program, layer->len, call->data));
	} else if (!archname_is_native(call->arch) && !arch_is_in(&layer->policy, call->arch)) {
		verdict.reason = VERDICT_ARCH;
		verdict.action.act = POLICY_KILL;
	} else {
		verdict = judge_policy(layer, call);
	}
	return verdict;
}

struct verdict stack_judge(struct stack *stack, const struct stack_call *call)
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
		free(stack->layer[i].compiled);
		policy_finish(&stack->layer[i].policy);
	}
	memset(stack, 0, sizeof(*stack));
}
