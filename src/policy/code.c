/* Append to a BPF program. May do nothing else. */
#include "code.h"

void code_put(struct code *code, unsigned op, uint32_t k, unsigned jt, unsigned jf)
{
	if (code->len == CODE_MAX) {
		code->full = true;
		return;
	}
	code->insn[code->len++] = (struct sock_filter){
		.code = (uint16_t)op,
		.jt = (uint8_t)jt,
		.jf = (uint8_t)jf,
		.k = k,
	};
}

void code_load(struct code *code, uint32_t offset)
{
	code_put(code, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

void code_if(struct code *code, unsigned op, uint32_t k)
{
	code_put(code, BPF_JMP | BPF_K | op, k, 0, 1);
}

uint32_t code_action(struct policy_action action)
{
	switch (action.act) {
	case POLICY_ALLOW:
		return SECCOMP_RET_ALLOW;
	case POLICY_LOG:
		return SECCOMP_RET_LOG;
	case POLICY_ERRNO:
		return SECCOMP_RET_ERRNO | ((uint32_t)action.error & SECCOMP_RET_DATA);
	case POLICY_TRAP:
		return SECCOMP_RET_TRAP;
	case POLICY_KILL:
		break;
	}
	return SECCOMP_RET_KILL_PROCESS;
}

void code_return(struct code *code, struct policy_action action)
{
	code_put(code, BPF_RET | BPF_K, code_action(action), 0, 0);
}

size_t code_jump(struct code *code)
{
	code_put(code, BPF_JMP | BPF_JA, 0, 0, 0);
	return code->len - 1;
}

void code_land(struct code *code, size_t jump)
{
	if (jump < code->len)
		code->insn[jump].k = (uint32_t)(code->len - jump - 1);
}
