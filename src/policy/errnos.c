/* The C library's names of errors, errno(3). Pure. */
#include "errnos.h"

#include "util.h"

#include <errno.h>
#include <string.h>

/* Read, but never written: these have another name that is as good. */
static const struct {
	const char *name;
	int error;
} others[] = {
	{ "EDEADLOCK", EDEADLK },
	{ "ENOTSUP", EOPNOTSUPP },
	{ "EWOULDBLOCK", EAGAIN },
};

const char *errno_name(int error)
{
	return error > 0 ? strerrorname_np(error) : NULL;
}

int errno_value(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!strcmp(others[i].name, name))
			return others[i].error;
	}
	for (int error = 1; error <= ERRNO_MAX; error++) {
		const char *of_error = errno_name(error);

		if (of_error && !strcmp(of_error, name))
			return error;
	}
	return 0;
}

const char *errno_at(unsigned i)
{
	for (int error = 1; error <= ERRNO_MAX; error++) {
		const char *name = errno_name(error);

		if (name && !i--)
			return name;
	}
	return i < ARRAY_SIZE(others) ? others[i].name : NULL;
}
