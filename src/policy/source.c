/* Where a policy's text comes from: this program, the installed directory, a path. */
#include "source.h"

#include "cache.h"
#include "memory.h"
#include "spell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name, *text;
} shipped[] = {
#include "policy_texts.h"
	{ NULL, NULL },
};

enum { MAX_BYTES = 1 << 20 };

const char *policy_shipped(unsigned n, const char **text)
{
	if (n >= sizeof(shipped) / sizeof(shipped[0]))
		return NULL;
	if (text)
		*text = shipped[n].text;
	return shipped[n].name;
}

static const char *join(struct policy *policy, const char *directory, size_t len, const char *rest,
			const char *suffix)
{
	size_t rest_len = strlen(rest);
	char *path = policy_alloc(policy, len + rest_len + strlen(suffix) + 1);

	memcpy(path, directory, len);
	memcpy(path + len, rest, rest_len);
	memcpy(path + len + rest_len, suffix, strlen(suffix));
	return path;
}

static size_t mark_length(const char *bytes, size_t len)
{
	size_t mark = strlen(BYTE_ORDER_MARK);

	return len >= mark && !memcmp(bytes, BYTE_ORDER_MARK, mark) ? mark : 0;
}

/* Whatever it is, a pipe as well. */
static int read_all(struct policy *policy, int fd, struct policy_input *input)
{
	char *bytes = NULL;
	size_t len = 0, room = 0, mark;
	ssize_t n;

	do {
		if (len == room)
			bytes = memory_grow(bytes, room = room ? 2 * room : 4096, 1);
		n = read(fd, bytes + len, room - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < MAX_BYTES) || (n < 0 && errno == EINTR));
	mark = mark_length(bytes, len);
	if (n < 0)
		n = -errno;
	else if (n > 0)
		n = -EFBIG;
	else
		*input = (struct policy_input){
			.bytes = policy_copy(policy, bytes + mark, len - mark), .len = len - mark
		};
	free(bytes);
	return (int)n;
}

static int read_file(struct policy *policy, const char *path, struct policy_input *input)
{
	/* A FIFO without a writer is empty, and nothing to wait for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFL, 0);
	err = read_all(policy, fd, input);
	input->path = path;
	(void)close(fd);
	return err;
}

static bool find_shipped(const char *name, struct policy_input *input)
{
	for (unsigned i = 0; shipped[i].name; i++) {
		if (!strcmp(shipped[i].name, name)) {
			*input = (struct policy_input){ .path = shipped[i].name,
							.bytes = shipped[i].text,
							.len = strlen(shipped[i].text),
							.shipped = true };
			return true;
		}
	}
	return false;
}

static int find(struct policy *policy, const char *name, const char *from,
		struct policy_input *input)
{
	const char *slash = from ? strrchr(from, '/') : NULL;

	if (cache_is_name(name)) {
		if (find_shipped(name, input))
			return 0;
		return read_file(policy,
				 join(policy, POLICYDIR "/", sizeof(POLICYDIR), name, ".policy"),
				 input);
	}
	if (name[0] == '/' || !slash)
		return read_file(policy, policy_copy(policy, name, strlen(name)), input);
	return read_file(policy, join(policy, from, (size_t)(slash - from) + 1, name, ""), input);
}

int source_find(struct policy *policy, const char *name, const char *from,
		const struct policy_input **input)
{
	struct policy_input found = { 0 };
	int err = find(policy, name, from, &found);

	if (!err)
		*input = policy_add_input(policy, &found);
	return err;
}

bool source_same(const char *a, const char *b)
{
	struct stat one, other;

	if (!strcmp(a, b))
		return true;
	/* A built-in one's name isn't a file's. */
	if (cache_is_name(a) || cache_is_name(b) || stat(a, &one) < 0 || stat(b, &other) < 0)
		return false;
	return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void no_such_name(FILE *to, const char *name)
{
	struct spelling spelling;

	spell_begin(&spelling, name, strlen(name));
	(void)fprintf(to, "cradle-policy: no policy %s: expected a path or one of", name);
	for (unsigned i = 0; shipped[i].name; i++) {
		spell_offer(&spelling, shipped[i].name);
		(void)fprintf(to, "%s %s", i ? "," : "", shipped[i].name);
	}
	/* Never taken for the name: whoever can write here isn't asked for policies. */
	if (!access(name, F_OK))
		(void)fprintf(to, "; the file that is here is ./%s", name);
	else if (spelling.best)
		(void)fprintf(to, "; did you mean %s?", spelling.best);
	(void)fputc('\n', to);
}

const struct policy_input *policy_source(struct policy *policy, const char *name, const char *from,
					 const struct policy_context *context)
{
	FILE *to = context->errors ? context->errors : stderr;
	const struct policy_input *input;
	int err = source_find(policy, name, from, &input);

	if (!err)
		return input;
	if (err == -ENOENT && cache_is_name(name))
		no_such_name(to, name);
	else
		(void)fprintf(to, "cradle-policy: cannot read policy %s: %s\n", name,
			      strerror(-err));
	return NULL;
}
