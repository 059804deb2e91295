/* Profiles of container runtimes may be anything. Of those that are read, every 16th is compiled
 * and written as well: what is written must be read, and answers as what it was written from. */
#include "fuzz.h"

#include "compile.h"
#include "names.h"
#include "oci.h"
#include "parse.h"
#include "verbs.h"

#include <stdio.h>

static void expect_same(const struct policy *a, const struct policy *b, uint64_t seed)
{
	static const uint64_t some[] = { 0, 1, 0x5412, UINT32_MAX, UINT64_MAX, 1UL << 32 };
	uint64_t args[POLICY_ARGS];

	for (int nr = 0; nr < POLICY_NEWER; nr++) {
		struct policy_action x, y;

		for (unsigned i = 0; i < POLICY_ARGS; i++)
			args[i] = some[(seed >> i * 4) % 6];
		x = policy_eval(a, nr, args, NULL);
		y = policy_eval(b, nr, args, NULL);
		if (policy_call_name(nr) && !policy_same_action(&x, &y))
			abort();
	}
}

static void write_and_read(struct policy *policy, const struct policy_context *context,
			   uint64_t seed)
{
	struct policy read;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int err;

	/* A profile has one answer for both, but of numbers that nobody knows. */
	err = policy_write_oci(policy, to);
	(void)fclose(to);
	policy_init(&read, "read");
	if (!err && policy_parse_oci(&read, "written", text, len, context) < 0)
		abort();
	if (!err)
		expect_same(policy, &read, seed);
	policy_finish(&read);
	free(text);
}

/* As text, too. */
static void show_and_read(struct policy *policy, const struct policy_context *context,
			  uint64_t seed)
{
	struct policy read;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	show_policy(policy, to);
	(void)fclose(to);
	policy_init(&read, "read");
	if (policy_parse_text(&read, "shown", text, context) < 0)
		abort();
	expect_same(policy, &read, seed);
	policy_finish(&read);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	struct policy_context context = { .kernel_major = 6 };
	struct policy_program program = { 0 };
	struct policy policy;
	uint64_t seed = 0;
	char *text;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (size < sizeof(seed))
		return 0;
	memcpy(&seed, data, sizeof(seed));
	context.errors = context.notes = nowhere;
	context.caps = seed;
	text = text_of(data + sizeof(seed), size - sizeof(seed));
	policy_init(&policy, "fuzz");
	if (policy_parse_oci(&policy, "fuzz", text, size - sizeof(seed), &context) == 0 &&
	    seed % 16 == 0) {
		if (policy_compile(&policy, &program) == 0 && !program.len)
			abort();
		policy_program_finish(&program);
		write_and_read(&policy, &context, seed);
		show_and_read(&policy, &context, seed);
	}
	policy_finish(&policy);
	free(text);
	return 0;
}
