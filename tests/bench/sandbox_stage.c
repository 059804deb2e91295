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
#else
#define ARCH AUDIT_ARCH_RISCV64
#endif

static int copy_file(const char *from, const char *to)
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

int stage_dir(const struct sandbox *s, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	return mkdir(path, 0755) || chown(path, s->uid, (gid_t)-1) ? -errno : 0;
}

static void crun_process(const struct sandbox *s, FILE *out, const char *verb)
{
	char root[PATH_MAX];

	snprintf(root, sizeof(root), "%s/crun/root", s->dir);
	fprintf(out,
		"{\"ociVersion\":\"1.0.0\",\"process\":{\"terminal\":false,\"user\":{\"uid\":%u,"
		"\"gid\":%u},\"args\":[\"%s/agent\",\"%s\"],\"env\":[\"PATH=/usr/bin\"],"
		"\"cwd\":\"/\",\"noNewPrivileges\":true},\n"
		"\"root\":{\"path\":\"%s\",\"readonly\":true},\n\"mounts\":[\n",
		s->uid, s->uid, s->dir, verb, root);
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
}

static void crun_namespaces(const struct sandbox *s, FILE *out, bool net)
{
	fprintf(out,
		"\"linux\":{\"uidMappings\":[{\"containerID\":%u,\"hostID\":%u,\"size\":1}],"
		"\"gidMappings\":[{\"containerID\":%u,\"hostID\":%u,\"size\":1}],\n"
		"\"namespaces\":[{\"type\":\"user\"},{\"type\":\"pid\"},{\"type\":\"mount\"},"
		"{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"cgroup\"}%s]",
		s->uid, s->uid, s->uid, s->uid, net ? ",{\"type\":\"network\"}" : "");
}

static void crun_seccomp(FILE *out, FILE *profile)
{
	int c;

	fputs(",\n\"seccomp\":", out);
	while ((c = getc(profile)) != EOF)
		putc(c, out);
}

int stage_bundle(const struct sandbox *s, const struct bundle *bundle)
{
	FILE *out, *profile = NULL;
	char path[PATH_MAX];
	int err;

	if (bundle->seccomp && !(profile = fopen(bundle->seccomp, "re")))
		return -errno;
	snprintf(path, sizeof(path), "crun/%s", bundle->name);
	err = stage_dir(s, path);
	snprintf(path, sizeof(path), "%s/crun/%s/config.json", s->dir, bundle->name);
	out = err ? NULL : fopen(path, "we");
	if (out) {
		crun_process(s, out, bundle->verb);
		crun_namespaces(s, out, bundle->net);
		if (profile)
			crun_seccomp(out, profile);
		fputs("}}\n", out);
		err = fclose(out) ? -errno : 0;
	} else if (!err) {
		err = -errno;
	}
	if (profile)
		fclose(profile);
	return err;
}

static int make_dirs(const struct sandbox *s)
{
	static const char *const names[] = { "source", "crun", "crun/state", "crun/root" };
	int err = 0;

	for (unsigned i = 0; !err && i < sizeof(names) / sizeof(*names); i++)
		err = stage_dir(s, names[i]);
	return err;
}

int stage_copy(const struct sandbox *s, const char *build, const char *from, const char *to)
{
	char source[PATH_MAX], copy[PATH_MAX];

	snprintf(source, sizeof(source), "%s/%s", build, from);
	snprintf(copy, sizeof(copy), "%s/%s", s->dir, to);
	return copy_file(source, copy);
}

int stage_make(struct sandbox *s, const char *build)
{
	static const struct bundle bundles[] = { { .name = "host", .verb = "true" },
						 { .name = "net", .verb = "true", .net = true } };
	static const char *const programs[][2] = { { "cradle", "cradle" },
						   { "bench/sandbox_floor", "floor" },
						   { "bench/agent", "agent" } };
	char filter[PATH_MAX];
	int err;

	strcpy(s->dir, "/var/tmp/cradle-bench.XXXXXX");
	umask(022);
	if (!mkdtemp(s->dir))
		return -errno;
	if (chmod(s->dir, 0755) || chown(s->dir, s->uid, (gid_t)-1))
		return -errno;
	err = make_dirs(s);
	for (unsigned i = 0; !err && i < sizeof(programs) / sizeof(*programs); i++)
		err = stage_copy(s, build, programs[i][0], programs[i][1]);
	snprintf(filter, sizeof(filter), "%s/filter", s->dir);
	if (!err)
		err = filter_write(filter);
	for (unsigned i = 0; !err && i < sizeof(bundles) / sizeof(*bundles); i++)
		err = stage_bundle(s, &bundles[i]);
	s->filter = err ? -1 : open(filter, O_RDONLY | O_CLOEXEC);
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
