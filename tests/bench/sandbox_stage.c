/* What the sandbox launchers are measured with: copies of our programs where a normal user can
 * execute them, the seccomp filter, and bundles for crun, which takes no options but a config.json.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sandbox.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

static int copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t n = 1;
	int err;

	while (out >= 0 && n > 0)
		n = sendfile(out, in, NULL, 1 << 20);
	err = out < 0 || n < 0 ? -errno : 0;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return err;
}

/* As libseccomp makes them by default: one comparison after the other. 300 calls are those up to
 * 271, execveat, and the newer ones from pidfd_send_signal on; all else fails as if it didn't
 * exist. */
static int filter_write(const char *path)
{
	enum { FIRST = 272, NEWER = 424, LAST = 450, BLOCK = 150 };
	struct sock_filter code[400] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	unsigned n = 4, left = 300, size;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	for (unsigned nr = 0; nr <= LAST; nr++) {
		if (nr >= FIRST && nr < NEWER && nr != 322)
			continue;
		left--;
		code[n] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr,
						       left % BLOCK + 1, 0);
		n++;
		if (left % BLOCK)
			continue;
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	size = n * (unsigned)sizeof(*code);
	if (fd < 0 || write(fd, code, size) != (ssize_t)size)
		return -errno;
	close(fd);
	return 0;
}

/* crun can't take "/" itself as a root: its root is an empty directory, and what is in "/" is bound
 * one by one. */
static void crun_binds(FILE *out, const char *root)
{
	DIR *dir = opendir("/");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char path[PATH_MAX + 256], target[PATH_MAX];
		ssize_t n;

		snprintf(path, sizeof(path), "/%s", name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = 0;
		if (n > 0) {
			snprintf(path, sizeof(path), "%s/%s", root, name);
			(void)!symlink(target, path);
		} else if (entry->d_type == DT_DIR && *name != '.' && strcmp(name, "dev") &&
			   strcmp(name, "proc") && strcmp(name, "tmp")) {
			fprintf(out,
				"{\"destination\":\"%s\",\"type\":\"bind\",\"source\":\"%s\","
				"\"options\":[\"rbind\",\"ro\"]},\n",
				path, path);
		}
	}
	if (dir)
		closedir(dir);
}

static int crun_bundle(const struct sandbox *s, const char *name, bool net, unsigned uid)
{
	char path[PATH_MAX], root[PATH_MAX];
	FILE *out;

	snprintf(path, sizeof(path), "%s/crun/%s/config.json", s->dir, name);
	snprintf(root, sizeof(root), "%s/crun/root", s->dir);
	out = fopen(path, "we");
	if (!out)
		return -errno;
	fprintf(out,
		"{\"ociVersion\":\"1.0.0\",\"process\":{\"terminal\":false,\"user\":{\"uid\":%u,"
		"\"gid\":%u},\"args\":[\"%s/agent\",\"true\"],\"env\":[\"PATH=/usr/bin\"],"
		"\"cwd\":\"/\",\"noNewPrivileges\":true},\n"
		"\"root\":{\"path\":\"%s\",\"readonly\":true},\n\"mounts\":[\n",
		uid, uid, s->dir, root);
	crun_binds(out, root);
	fprintf(out,
		"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},\n"
		"{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":["
		"\"nosuid\",\"mode=755\"]},\n"
		"{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\","
		"\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode="
		"0620\"]"
		"},\n"
		"{\"destination\":\"/tmp\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":["
		"\"nosuid\",\"nodev\",\"mode=1777\"]}],\n");
	fprintf(out,
		"\"linux\":{\"uidMappings\":[{\"containerID\":%u,\"hostID\":%u,\"size\":1}],"
		"\"gidMappings\":[{\"containerID\":%u,\"hostID\":%u,\"size\":1}],\n"
		"\"namespaces\":[{\"type\":\"user\"},{\"type\":\"pid\"},{\"type\":\"mount\"},"
		"{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"cgroup\"}%s]}}\n",
		uid, uid, uid, uid, net ? ",{\"type\":\"network\"}" : "");
	return fclose(out) ? -errno : 0;
}

static int make_dirs(const struct sandbox *s, uid_t uid)
{
	static const char *const names[] = { "source",    "crun",      "crun/state",
					     "crun/root", "crun/host", "crun/net" };
	char path[PATH_MAX];

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
		if (mkdir(path, 0755) || chown(path, uid, (gid_t)-1))
			return -errno;
	}
	return 0;
}

int stage_make(struct sandbox *s, const char *build, uid_t uid)
{
	static const char *const programs[][2] = { { "cradle", "cradle" },
						   { "bench/sandbox_floor", "floor" },
						   { "bench/agent", "agent" } };
	char from[PATH_MAX + 64], to[PATH_MAX];
	int err;

	strcpy(s->dir, "/var/tmp/cradle-bench.XXXXXX");
	umask(022);
	if (!mkdtemp(s->dir))
		return -errno;
	if (chmod(s->dir, 0755) || chown(s->dir, uid, (gid_t)-1))
		return -errno;
	err = make_dirs(s, uid);
	for (unsigned i = 0; !err && i < sizeof(programs) / sizeof(*programs); i++) {
		snprintf(from, sizeof(from), "%s/%s", build, programs[i][0]);
		snprintf(to, sizeof(to), "%s/%s", s->dir, programs[i][1]);
		err = copy(from, to);
	}
	snprintf(to, sizeof(to), "%s/filter", s->dir);
	if (!err)
		err = filter_write(to);
	if (!err)
		err = crun_bundle(s, "host", false, uid);
	if (!err)
		err = crun_bundle(s, "net", true, uid);
	s->filter = err ? -1 : open(to, O_RDONLY | O_CLOEXEC);
	return err ? err : s->filter < 0 ? -errno : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void stage_remove(struct sandbox *s)
{
	if (*s->dir && nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT))
		fprintf(stderr, "bench: cannot remove %s: %s\n", s->dir, strerror(errno));
}
