/* A policy while it is made: its strings, rules and inputs. */
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Each piece in a block of its own: a policy has a few hundred, and a sanitizer sees every one. */
struct block {
	struct block *next;
	max_align_t bytes[];
};

static void *certain(void *memory)
{
	if (memory)
		return memory;
	(void)fputs("cradle-policy: out of memory\n", stderr);
	exit(125);
}

void *memory_grow(void *old, size_t n, size_t size)
{
	return certain(reallocarray(old, n, size));
}

void *policy_alloc(struct policy *policy, size_t size)
{
	struct block *block = certain(calloc(1, sizeof(*block) + size));

	block->next = policy->memory;
	policy->memory = block;
	return block->bytes;
}

char *policy_copy(struct policy *policy, const char *text, size_t len)
{
	char *copy = policy_alloc(policy, len + 1);

	memcpy(copy, text, len);
	return copy;
}

/* Grown whenever a power of two is full, so that nobody has to remember the room. */
static void *room_for_one(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return memory_grow(array, n ? 2 * n : 1, size);
}

static struct policy_test *copy_tests(struct policy *policy, const struct policy_rule *rule)
{
	size_t size = rule->ntests * sizeof(rule->test[0]);

	return size ? memcpy(policy_alloc(policy, size), rule->test, size) : NULL;
}

void policy_add_rule(struct policy *policy, const struct policy_rule *rule)
{
	policy->rule = room_for_one(policy->rule, policy->nrules, sizeof(*rule));
	policy->rule[policy->nrules] = *rule;
	policy->rule[policy->nrules++].test = copy_tests(policy, rule);
}

const struct policy_input *policy_add_input(struct policy *policy, const struct policy_input *input)
{
	policy->input = room_for_one(policy->input, policy->ninputs, sizeof(*input));
	policy->input[policy->ninputs] = *input;
	return &policy->input[policy->ninputs++];
}

void policy_init(struct policy *policy, const char *name)
{
	memset(policy, 0, sizeof(*policy));
	policy->name = policy_copy(policy, name, strlen(name));
	policy->otherwise = (struct policy_action){ POLICY_ERRNO, EPERM };
	policy->unknown = (struct policy_action){ POLICY_ERRNO, ENOSYS };
}

void policy_finish(struct policy *policy)
{
	struct block *block = policy->memory;

	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	free(policy->rule);
	free(policy->input);
	memset(policy, 0, sizeof(*policy));
}
