/* make bench-policy: what a policy costs, when a sandbox is launched and for each system call in
 * it. It is the shipped default everywhere: as cradle has it, as a file of the user's, and as BPF
 * and OCI JSON that cradle policy made of that file for the peers. */
#include "policy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void empty_cache(const struct sandbox *s);

#define OURS "DIR/cradle run --share-net --seccomp "

static const struct launcher launchers[] = {
	{ .name = "bare exec", .role = ROLE_BARE, .words = { "", "" }, .end = "" },
	{ .name = "cradle",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { OURS "none", OURS "none" },
	  .end = "--" },
	{ .name = "cradle shipped",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { OURS "default", OURS "default" },
	  .end = "--",
	  .against = "cradle" },
	{ .name = "cradle cached",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { OURS "DIR/default.policy" },
	  .end = "--",
	  .against = "cradle" },
	/* It fills the cache again for the one above. */
	{ .name = "cradle cold",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { OURS "DIR/default.policy" },
	  .end = "--",
	  .against = "cradle",
	  .every = 10,
	  .before = empty_cache },
	{ .name = "cradle .bpf",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { OURS "DIR/default.bpf" },
	  .end = "--",
	  .against = "cradle" },
	{ .name = "bwrap",
	  .role = ROLE_PEER,
	  .words = { "bwrap" NO_NET HOST_ROOT, "bwrap" NO_NET HOST_ROOT },
	  .end = "--" },
	{ .name = "bwrap .bpf",
	  .role = ROLE_PEER,
	  .words = { "bwrap" NO_NET " --seccomp 9" HOST_ROOT,
		     "bwrap" NO_NET " --seccomp 9" HOST_ROOT },
	  .end = "--",
	  .against = "bwrap" },
	{ .name = "crun",
	  .role = ROLE_PEER,
	  .words = { CRUN "DIR/crun/host b", CRUN "DIR/crun/calls b" } },
	{ .name = "crun JSON",
	  .role = ROLE_PEER,
	  .words = { CRUN "DIR/crun/policy b", CRUN "DIR/crun/policy_calls b" },
	  .against = "crun" },
};

static void empty_cache(const struct sandbox *s)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/cache/cradle", s->dir);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}

static int run(const struct sandbox *s, const char *words)
{
	struct command c;
	double us;
	int err = command_parse(s, words, &c);

	if (err)
		return err;
	err = sandbox_once(s, &c, STDERR_FILENO, &us);
	command_free(&c);
	return err > 0 ? -ECANCELED : err;
}

/* Without JSON there are no bundles with it, and crun says so. */
static int make_bundles(const struct sandbox *s)
{
	char json[PATH_MAX];
	const struct bundle with[] = {
		{ .name = "policy", .verb = "true", .seccomp = json },
		{ .name = "policy_calls", .verb = "calls", .seccomp = json }
	};
	const struct bundle without = { .name = "calls", .verb = "calls" };
	int err = stage_bundle(s, &without);

	snprintf(json, sizeof(json), "%s/default.json", s->dir);
	if (run(s, "DIR/cradle policy compile --to oci -o DIR/default.json DIR/default.policy"))
		return err;
	for (unsigned i = 0; !err && i < sizeof(with) / sizeof(*with); i++)
		err = stage_bundle(s, &with[i]);
	return err;
}

/* What the peers' FILTER_FD is opened from. */
static int make_bpf(struct sandbox *s)
{
	int err = run(s, "DIR/cradle policy compile -o DIR/default.bpf DIR/default.policy");
	char path[PATH_MAX];

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/default.bpf", s->dir);
	close(s->filter);
	s->filter = open(path, O_RDONLY | O_CLOEXEC);
	return s->filter < 0 ? -errno : 0;
}

static int make_all(struct sandbox *s, const char *build)
{
	int err = stage_make(s, build);

	snprintf(s->variable[0], sizeof(s->variable[0]), "XDG_CACHE_HOME=%s/cache", s->dir);
	snprintf(s->variable[1], sizeof(s->variable[1]), "CRADLE_EXEC_PATH=%s", s->dir);
	s->environment[1] = s->variable[0];
	s->environment[2] = s->variable[1];
	if (!err)
		err = stage_dir(s, "cache");
	if (!err)
		err = stage_copy(s, build, "cradle-policy", "cradle-policy");
	if (!err)
		err = stage_copy(s, build, "bench/default.policy", "default.policy");
	if (!err)
		err = make_bpf(s);
	return err ? err : make_bundles(s);
}

static void measure(struct sandbox *s)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		if (s->present[i])
			sandbox_try(s, i, POLICY_LAUNCH);
	sandbox_times(s, POLICY_LAUNCH, s->quick ? 20 : 400);
	policy_time_calls(s);
}

void measure_policy(struct bench *b)
{
	struct sandbox *s = b->policy =
		sandbox_create(b, launchers, sizeof(launchers) / sizeof(*launchers));
	int err;

	if (!s)
		return;
	err = make_all(s, b->build);
	if (!err)
		err = sandbox_apart(s, measure);
	stage_remove(s);
	if (err)
		fprintf(stderr, "bench: cannot measure policies: %s\n",
			err == -ECHILD      ? "the measuring process failed"
			: err == -ECANCELED ? "cradle policy compile failed"
					    : strerror(-err));
	s->failed = err || sandbox_refused(s);
}
