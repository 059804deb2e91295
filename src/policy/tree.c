/* Made from its end to its begin, for a jump of BPF goes forward only and at most 255 instructions
 * far: what it goes to is there already. May do nothing but append code.
 *
 * Not libseccomp's: that has a comparison and an answer for every number, and a filter's length is
 * what loading it costs. Neighbours with one answer are one range here, and all ranges share
 * answers. */
#include "tree.h"

#include "memory.h"

#include <stdlib.h>

/* Of the 255, so that another instruction or two may come between. */
enum { REACH = 250 };

struct tree {
	struct sock_filter *insn; /* the last one first */
	size_t len;
	const uint32_t *answer;
	unsigned *start; /* of each range */
	uint32_t base;
};

static size_t put(struct tree *tree, unsigned op, uint32_t k, size_t yes, size_t no)
{
	if (tree->len == CODE_MAX)
		return 0; /* too long, as code_put() will find out */
	tree->insn[tree->len] = (struct sock_filter){
		.code = (uint16_t)op,
		.k = k,
		.jt = (uint8_t)yes,
		.jf = (uint8_t)no,
	};
	return tree->len++;
}

static size_t put_answer(struct tree *tree, uint32_t answer)
{
	size_t nearest = tree->len > REACH ? tree->len - REACH : 0;

	for (size_t i = tree->len; i-- > nearest;) {
		if (tree->insn[i].code == (BPF_RET | BPF_K) && tree->insn[i].k == answer)
			return i;
	}
	return put(tree, BPF_RET | BPF_K, answer, 0, 0);
}

/* What is as good as target and near. */
static size_t reach(struct tree *tree, size_t target)
{
	if (tree->len - target <= REACH)
		return target;
	if (tree->insn[target].code == (BPF_RET | BPF_K))
		return put_answer(tree, tree->insn[target].k);
	return put(tree, BPF_JMP | BPF_JA, (uint32_t)(tree->len - target - 1), 0, 0);
}

/* Ranges from first to before end. Returns where it begins. */
static size_t put_ranges(struct tree *tree, unsigned first, unsigned end)
{
	unsigned middle = first + (end - first) / 2;
	size_t above, below;

	if (end - first == 1)
		return put_answer(tree, tree->answer[tree->start[first]]);
	above = put_ranges(tree, middle, end);
	below = put_ranges(tree, first, middle);
	above = reach(tree, above);
	below = reach(tree, below);
	return put(tree, BPF_JMP | BPF_K | BPF_JGE, tree->base + tree->start[middle],
		   tree->len - above - 1, tree->len - below - 1);
}

void tree_emit(struct code *code, const uint32_t *answer, unsigned n, uint32_t base)
{
	struct tree tree = { .insn = memory_grow(NULL, CODE_MAX, sizeof(tree.insn[0])),
			     .start = memory_grow(NULL, n, sizeof(tree.start[0])),
			     .answer = answer,
			     .base = base };
	unsigned nranges = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!i || answer[i] != answer[i - 1])
			tree.start[nranges++] = i;
	}
	(void)put_ranges(&tree, 0, nranges);
	code->full |= tree.len == CODE_MAX;
	while (tree.len) {
		const struct sock_filter *insn = &tree.insn[--tree.len];

		code_put(code, insn->code, insn->k, insn->jt, insn->jf);
	}
	free(tree.insn);
	free(tree.start);
}
