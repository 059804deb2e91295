/* An interpreter of seccomp's BPF, for filters of which nothing but the program is known. Pure. */
#include "bpf_run.h"

#include <stdbool.h>
#include <string.h>

struct machine {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
	const struct seccomp_data *data;
};

/* BPF_ALU; false where the kernel's checker says no. */
static bool compute(struct machine *m, const struct sock_filter *insn)
{
	uint32_t by = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;

	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		m->a += by;
		return true;
	case BPF_SUB:
		m->a -= by;
		return true;
	case BPF_MUL:
		m->a *= by;
		return true;
	case BPF_DIV:
		m->a = by ? m->a / by : 0;
		return by;
	case BPF_OR:
		m->a |= by;
		return true;
	case BPF_AND:
		m->a &= by;
		return true;
	case BPF_XOR:
		m->a ^= by;
		return true;
	case BPF_LSH:
		m->a = by < 32 ? m->a << by : 0;
		return true;
	case BPF_RSH:
		m->a = by < 32 ? m->a >> by : 0;
		return true;
	case BPF_NEG:
		m->a = -m->a;
		return true;
	default:
		return false;
	}
}

/* How many instructions are skipped; negative for what isn't a jump. */
static long jump(const struct machine *m, const struct sock_filter *insn)
{
	uint32_t with = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return insn->k;
	case BPF_JEQ:
		return m->a == with ? insn->jt : insn->jf;
	case BPF_JGT:
		return m->a > with ? insn->jt : insn->jf;
	case BPF_JGE:
		return m->a >= with ? insn->jt : insn->jf;
	case BPF_JSET:
		return m->a & with ? insn->jt : insn->jf;
	default:
		return -1;
	}
}

static bool load(const struct machine *m, const struct sock_filter *insn, uint32_t *to)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		*to = insn->k;
		return true;
	case BPF_MEM:
		if (insn->k >= BPF_MEMWORDS)
			return false;
		*to = m->memory[insn->k];
		return true;
	case BPF_LEN:
		*to = sizeof(*m->data);
		return true;
	case BPF_ABS:
		if (insn->k % sizeof(*to) || insn->k >= sizeof(*m->data))
			return false;
		memcpy(to, (const char *)m->data + insn->k, sizeof(*to));
		return true;
	default:
		return false;
	}
}

static bool step(struct machine *m, const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return load(m, insn, &m->a);
	case BPF_LDX:
		return load(m, insn, &m->x);
	case BPF_ST:
	case BPF_STX:
		if (insn->k >= BPF_MEMWORDS)
			return false;
		m->memory[insn->k] = BPF_CLASS(insn->code) == BPF_ST ? m->a : m->x;
		return true;
	case BPF_ALU:
		return compute(m, insn);
	case BPF_MISC:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			m->x = m->a;
		else
			m->a = m->x;
		return true;
	default:
		return false;
	}
}

uint32_t bpf_run(const struct sock_filter *program, size_t len, const struct seccomp_data *data)
{
	struct machine m = { .data = data };

	for (size_t at = 0; at < len; at++) {
		const struct sock_filter *insn = &program[at];
		long skip = BPF_CLASS(insn->code) == BPF_JMP ? jump(&m, insn) : 0;

		if (BPF_CLASS(insn->code) == BPF_RET)
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		if (skip < 0 || (BPF_CLASS(insn->code) != BPF_JMP && !step(&m, insn)))
			break;
		at += (size_t)skip;
	}
	return BPF_WRONG;
}
