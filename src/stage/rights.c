/* May only ask. */
#include "rights.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

static void read_all(struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	(void)syscall(SYS_capget, &head, data);
}

uint64_t rights_permitted(void)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	read_all(data);
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

bool rights_have(unsigned capability)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	read_all(data);
	return data[capability / 32].effective >> capability % 32 & 1;
}
