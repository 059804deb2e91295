/* make bench-sandbox: who builds the same sandbox fastest. The launchers run as a normal user: this
 * process may be root, a child of it that isn't measures, and its figures come back in shared
 * memory. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sandbox.h"

enum { NOBODY = 65534 };

#define UNSHARE "unshare --user --map-current-user --mount-proc --pid --fork --ipc --uts --cgroup"
#define OWN_ROOT                                                                                  \
	" --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin"                    \
	" --symlink usr/lib /lib --symlink usr/lib64 /lib64 --dev /dev --proc /proc --tmpfs /tmp" \
	" --ro-bind DIR /bench"
#define BWRAP(name)                                                                                \
	{                                                                                          \
		name NO_NET HOST_ROOT, name NO_NET " --unshare-net" HOST_ROOT,                     \
			name NO_NET " --unshare-net" OWN_ROOT,                                     \
			name NO_NET " --unshare-net --seccomp 9" HOST_ROOT, name NO_NET HOST_ROOT, \
			name NO_NET HOST_ROOT                                                      \
	}
/* Its policy would be a filter that the others don't have; see policy.c. */
#define RUN "DIR/cradle run --seccomp=none"

const struct launcher sandbox_launchers[] = {
	{ .name = "bare exec", .role = ROLE_BARE, .words = { "", "", "", "" }, .end = "" },
	{ .name = "floor",
	  .role = ROLE_FLOOR,
	  .words = { "DIR/floor", "DIR/floor -n", "DIR/floor -n -p DIR", "DIR/floor -n -s 9",
		     "DIR/floor", "DIR/floor" },
	  .end = "" },
	{ .name = "floor -i",
	  .role = ROLE_FLOOR,
	  .words = { "DIR/floor -i", "DIR/floor -i -n", NULL, "DIR/floor -i -n -s 9",
		     "DIR/floor -i", "DIR/floor -i" },
	  .end = "" },
	{ .name = "floor -l",
	  .role = ROLE_FLOOR,
	  .words = { "DIR/floor -l", "DIR/floor -l -n" },
	  .end = "" },
	{ .name = "bwrap",
	  .role = ROLE_PEER,
	  .words = BWRAP("bwrap"),
	  .end = "--",
	  .prefix = "--ro-bind" },
	{ .name = "crun",
	  .role = ROLE_PEER,
	  .words = { CRUN "DIR/crun/host b", CRUN "DIR/crun/net b" } },
	{ .name = "unshare", /* builds no root */
	  .role = ROLE_PEER,
	  .words = { UNSHARE, UNSHARE " --net" },
	  .end = "--" },
	{ .name = "cradle",
	  .role = ROLE_OURS,
	  .promised = true,
	  .words = { RUN " --share-net", RUN, RUN " --root empty" OWN_ROOT,
		     "DIR/cradle run --seccomp 9", RUN " --share-net", RUN " --share-net" },
	  .end = "--",
	  .prefix = "--ro-bind" },
	{ .name = "cradle bwrap",
	  .role = ROLE_OURS,
	  .words = BWRAP("DIR/cradle bwrap"),
	  .end = "--",
	  .prefix = "--ro-bind" },
};
const unsigned sandbox_nlaunchers = sizeof(sandbox_launchers) / sizeof(*sandbox_launchers);

/* crun refuses hybrid cgroups, also if it isn't to use any. In this mount namespace there is
 * nothing hybrid. */
static void hide_hybrid_cgroups(void)
{
	if (access("/sys/fs/cgroup/unified", F_OK) || unshare(CLONE_NEWNS))
		return;
	if (!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		umount2("/sys/fs/cgroup/unified", MNT_DETACH);
}

static int become_normal_user(void)
{
	if (geteuid())
		return 0;
	hide_hybrid_cgroups();
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;
	/* The change of identity took it away; tracing and the maps want it. */
	return prctl(PR_SET_DUMPABLE, 1) ? -errno : 0;
}

static void measure_and_exit(struct sandbox *s, void (*measure)(struct sandbox *s))
{
	if (become_normal_user() || chdir("/") || prctl(PR_SET_CHILD_SUBREAPER, 1))
		_exit(125);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	measure(s);
	_exit(0);
}

/* Where execvpe(3) will find it. */
static bool present(const struct launcher *l)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin", "/bin" };
	char path[PATH_MAX];

	if (!strncmp(l->words[HOST], "DIR", 3) || l->role == ROLE_BARE)
		return true;
	for (unsigned i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%.*s", dirs[i], (int)strcspn(l->words[HOST], " "),
			 l->words[HOST]);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

struct sandbox *sandbox_create(const struct bench *b, const struct launcher *launchers, unsigned n)
{
	/* The same for all launchers, and small. */
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
	struct sandbox *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->launcher = launchers;
	s->nlaunchers = n;
	s->environment[0] = path;
	s->verb = "true";
	s->uid = geteuid() ? geteuid() : NOBODY;
	s->null = s->output = b->null;
	s->quick = b->quick;
	for (unsigned i = 0; i < s->nlaunchers; i++) {
		s->present[i] = present(&s->launcher[i]);
		for (unsigned m = 0; m < SB_COUNT; m++)
			s->row[i].value[m] = NAN;
	}
	return s;
}

/* Ctrl-C ends the child; the directory isn't left behind. */
int sandbox_apart(struct sandbox *s, void (*measure)(struct sandbox *s))
{
	int status;
	pid_t pid;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	pid = fork();
	if (!pid)
		measure_and_exit(s, measure);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	return status ? -ECHILD : 0;
}

/* As with supervisors: ours has to run, and may be slow. */
bool sandbox_refused(const struct sandbox *s)
{
	for (unsigned i = 0; i < s->nlaunchers; i++)
		for (unsigned shape = 0; s->launcher[i].promised && shape < SHAPES; shape++)
			if (*s->row[i].refusal[shape])
				return true;
	return false;
}

void measure_sandbox(struct bench *b)
{
	struct sandbox *s = b->sandbox = sandbox_create(b, sandbox_launchers, sandbox_nlaunchers);
	int err;

	if (!s)
		return;
	err = stage_make(s, b->build);
	if (!err)
		err = sandbox_apart(s, sandbox_measure);
	stage_remove(s);
	if (err)
		fprintf(stderr, "bench: cannot measure sandboxes: %s\n",
			err == -ECHILD ? "the measuring process failed" : strerror(-err));
	s->failed = err || sandbox_refused(s);
}
