/* Profiles that are refused: what can't be done, and what may be a misspelt condition. */
#include "oci.h"
#include "policy.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["

/* A rule about read with another member. */
#define ONE(member) HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", " member "}]}"

static const struct {
	const char *json, *expected;
} refused[] = {
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n \"syscalls\": [}", "f.json:2:" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\n \"defaultAction\": 1}", "f.json:3:" },
	{ "[]", "f.json: expected an object with defaultAction" },
	{ "{}", "f.json: defaultAction: it is missing: expected SCMP_ACT_ALLOW" },
	{ "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}", "nobody is there to be asked" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": {}}", "expected an array" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [\n{\"names\": [], \"action\": "
	  "\"SCMP_ACT_LOG\"},\n\n{\"names\": [\"read\"], \"action\": \"SCMP_ACT_TRACE\"}]}",
	  "f.json:4: syscalls[1]: action: SCMP_ACT_TRACE: " },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 4095}]}",
	  "errnoRet: expected an errno up to 4094" },
	{ HEAD "{\"names\": \"read\", \"action\": \"SCMP_ACT_ALLOW\"}]}",
	  "names: expected an array" },
	{ HEAD "{\"names\": [1], \"action\": \"SCMP_ACT_ALLOW\"}]}", "names: expected strings" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 6, "
	       "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  "index: expected 0 to 5" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 1, "
	       "\"value\": 1, \"op\": \"==\"}]}]}",
	  "op: ==: expected SCMP_CMP_EQ" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 1, "
	       "\"value\": \"1\", \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  "value: expected a number" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": [\"x\"]}]}",
	  "includes: expected an object" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	       "\"CAP_CHOWN\"}}]}",
	  "caps: expected an array of names" },
	{ HEAD
	  "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"minKernel\": "
	  "\"new\"}}]}",
	  "minKernel: new: expected a version" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": 3}", "archMap: expected an array" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": [\"SCMP_ARCH_X86\"]}",
	  "archMap: expected objects" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [3]}",
	  "architectures: expected an array of SCMP_ARCH_..." },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscall\": []}",
	  "f.json: syscall: expected defaultAction, " },
	{ ONE("\"includes\": {\"cap\": [\"CAP_SYS_ADMIN\"]}"),
	  "f.json:1: syscalls[0]: includes: cap: expected caps, arches or minKernel" },
	{ ONE("\"excludes\": {\"archs\": [\"amd64\"]}"),
	  "excludes: archs: expected caps, arches or minKernel" },
	{ ONE("\"includes\": {\"minKernel\": 5}"), "minKernel: expected a string with a version" },
	{ ONE("\"excludes\": {\"minKernel\": \"4.x\"}"), "minKernel: 4.x: expected a version" },
	{ ONE("\"includes\": {\"arches\": {}}"), "arches: expected an array of names" },
	{ ONE("\"excludes\": {\"arches\": [\"SCMP_ARCH_X86_64\"]}"),
	  "arches: SCMP_ARCH_X86_64: expected a name such as amd64" },
	{ ONE("\"excludes\": {\"caps\": [\"sys-admin\"]}"),
	  "caps: sys-admin: expected the name of one capability" },
	{ ONE("\"includes\": {\"caps\": [\"ALL\"]}"), "caps: ALL: expected the name of one" },
	{ ONE("\"include\": {\"caps\": [\"CAP_SYS_ADMIN\"]}"),
	  "syscalls[0]: include: expected names, name, action, args, includes, excludes" },
	{ ONE("\"minKernel\": \"5.1\""), "syscalls[0]: minKernel: expected names" },
	{ ONE("\"Args\": []"), "syscalls[0]: Args: expected names" },
	{ HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 4294967297, \"op\": \"SCMP_CMP_EQ\"}]}]}",
	  "args: expected a number of 32 bits: the kernel reads no more of arg0 of socket" },
	{ HEAD
	  "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	  "\"value\": 4294967296, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}]}",
	  "args: expected a mask within 32 bits: the kernel reads no more of arg0 of socket" },
	{ ONE("\"name\": \"write\""), "name: expected it or names, not both" },
	{ ONE("\"args\": {}"), "args: expected an array" },
	{ ONE("\"args\": [{\"index\": 0, \"value\": 1, \"valuetwo\": 1, \"op\": \"SCMP_CMP_EQ\"}]"),
	  "args: valuetwo: expected index, value, valueTwo or op" },
	{ ONE("\"args\": [{\"index\": 0, \"value\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]"),
	  "args: value: expected a mask other than 0" },
	{ HEAD "{\"names\": [\"read\"], \"action\": \"\\u001b[2J\"}]}", "action: ?[2J: expected" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char *said = NULL;
		size_t len;
		struct policy_context context = { .errors = open_memstream(&said, &len) };
		struct policy policy;
		int err;

		policy_init(&policy, "test");
		err = policy_parse_oci(&policy, "f.json", refused[i].json, strlen(refused[i].json),
				       &context);
		policy_finish(&policy);
		(void)fclose(context.errors);
		tap_ok(err == -EINVAL && strstr(said, refused[i].expected), "refused: %s",
		       refused[i].expected);
		if (!strstr(said, refused[i].expected))
			printf("# said: %s", said);
		free(said);
	}
	return tap_done();
}
