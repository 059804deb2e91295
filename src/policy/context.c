/* The options that tell what a policy is read for. May do nothing but read words. */
#include "capability.h"
#include "log.h"
#include "verbs.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static int add_caps(struct policy_context *context, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		char name[40] = "";
		uint64_t caps = 0;

		if (len < sizeof(name)) {
			memcpy(name, list, len);
			caps = capability_parse(name);
		}
		if (!caps) {
			log_error("--cap=%.*s: expected a capability as CAP_SYS_ADMIN, or ALL",
				  (int)len, list);
			return -EINVAL;
		}
		context->caps |= caps;
		list += len + (list[len] == ',');
	}
	return 1;
}

static int set_kernel(struct policy_context *context, const char *version)
{
	unsigned major, minor;
	int used = 0;

	if (sscanf(version, "%4u.%4u%n", &major, &minor, &used) < 2 || version[used]) {
		log_error("--kernel=%s: expected a version as 6.1", version);
		return -EINVAL;
	}
	context->kernel_major = major;
	context->kernel_minor = minor;
	return 1;
}

int context_option(struct policy_context *context, int option)
{
	switch (option) {
	case CONTEXT_CAP:
		return add_caps(context, optarg);
	case CONTEXT_KERNEL:
		return set_kernel(context, optarg);
	default:
		return 0;
	}
}
