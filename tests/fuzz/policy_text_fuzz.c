/* A policy's text: any text may stand there. What can be read must be shown as the same. */
#include "fuzz.h"

#include "memory.h"
#include "names.h"
#include "parse.h"
#include "verbs.h"

#include <stdbool.h>
#include <stdio.h>

static FILE *nowhere;

static bool read_policy(struct policy *policy, const char *text)
{
	const struct policy_context context = { .kernel_major = 6, .errors = nowhere };

	policy_init(policy, "fuzz");
	(void)policy_add_input(policy, &(struct policy_input){ .path = "fuzz", .bytes = text });
	return !policy_parse_text(policy, "fuzz", text, &context);
}

static void differ(const char *text)
{
	(void)printf("--- shown\n%s", text);
	(void)fflush(stdout);
	abort();
}

static void round_trip(const struct policy *policy)
{
	struct policy again;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	show_policy(policy, to);
	(void)fclose(to);
	if (!read_policy(&again, text) || diff_policies(policy, &again, nowhere))
		differ(text);
	policy_finish(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t args[POLICY_ARGS] = { 1, 0x5412, 2 };
	struct policy policy = { 0 };
	char *text = text_of(data, size);

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	/* Files aren't the input. */
	if (!strstr(text, "include") && read_policy(&policy, text)) {
		(void)check_policy(&policy, nowhere);
		(void)policy_eval(&policy, policy_call_number("ioctl"), args, NULL);
		if (policy.nrules < 64)
			round_trip(&policy);
	}
	policy_finish(&policy);
	free(text);
	return 0;
}
