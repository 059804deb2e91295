/* What /proc and /sys tell about the refusals to expect. May only read. */
#include "why.h"

#include "mountinfo.h"
#include "namespaces.h"
#include "sys.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CAP_SYS_ADMIN_BIT = 21 };
#define ATTR_MOUNT_ROOT 0x2000 /* STATX_ATTR_MOUNT_ROOT, Linux 5.8 */

/* While a root file system is made, the host's /proc is below the working directory, or below what
 * lies on the new root: no path from / comes to that, but /.. does (fs/namei.c: follow_dotdot).
 * Elsewhere
 * /.. is /. */
static int open_proc(const char *name)
{
	static const char *const dirs[] = { "/proc", "proc", "/../proc" };
	char path[96];
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && fd < 0; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	return fd;
}

static bool proc_has(const char *name)
{
	int fd = open_proc(name);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static ssize_t read_proc(const char *name, char *buf, size_t size)
{
	int fd = open_proc(name);
	ssize_t n;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	(void)close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

static int sysctl(const char *name)
{
	char text[32];

	return read_proc(name, text, sizeof(text)) > 0 ? atoi(text) : -1;
}

static void read_status(struct why_facts *facts)
{
	char text[4096];
	const char *at;

	(void)read_proc("self/status", text, sizeof(text));
	at = strstr(text, "\nSeccomp:");
	facts->filtered = at && atoi(at + sizeof("\nSeccomp:")) == 2;
	at = strstr(text, "\nNoNewPrivs:");
	facts->no_new_privs = at && atoi(at + sizeof("\nNoNewPrivs:")) == 1;
	at = strstr(text, "\nCapEff:");
	facts->admin = at && strtoull(at + sizeof("\nCapEff:"), NULL, 16) >> CAP_SYS_ADMIN_BIT & 1;
}

static void read_namespaces(struct why_facts *facts)
{
	char name[64];

	for (unsigned i = 0; i < NS_KINDS; i++) {
		(void)snprintf(name, sizeof(name), "sys/user/max_%s_namespaces", ns_name(i));
		if (sysctl(name) == 0)
			facts->exhausted |= ns_flag(i);
		(void)snprintf(name, sizeof(name), "self/ns/%s", ns_name(i));
		/* Without /proc nothing is known. */
		if (!proc_has(name) && proc_has("self/status"))
			facts->absent |= ns_flag(i);
	}
}

static bool is_readonly(const char *options)
{
	return !strcmp(options, "ro") || util_after(options, "ro,");
}

static void add_masked(struct why_facts *facts, const char *path)
{
	size_t len = strlen(facts->proc_masked);

	/* On a directory that is always empty nothing can be hidden: the kernel doesn't mind. */
	if (!strcmp(path, "/proc/sys/fs/binfmt_misc"))
		return;
	facts->proc_nmasked++;
	if (len + strlen(path) + 3 > sizeof(facts->proc_masked))
		return;
	facts->proc_nlisted++;
	(void)snprintf(facts->proc_masked + len, sizeof(facts->proc_masked) - len, "%s%s",
		       len ? ", " : "", path);
}

void why_mountinfo(struct why_facts *facts, char *line)
{
	struct mountinfo mount;

	if (!mountinfo_parse(line, &mount))
		return;
	if (!strcmp(mount.at, "/etc/hostname") || !strcmp(mount.at, "/etc/resolv.conf"))
		facts->names_mounted = true;
	if (!strcmp(mount.at, "/sys"))
		facts->sys_open = !strcmp(mount.type, "sysfs") && !strcmp(mount.root, "/") &&
				  !is_readonly(mount.options);
	if (!strcmp(mount.at, "/proc")) {
		/* The last one is on top. */
		facts->proc_whole = !strcmp(mount.type, "proc") && !strcmp(mount.root, "/");
		facts->proc_readonly = is_readonly(mount.options);
	} else if (util_after(mount.at, "/proc/")) {
		add_masked(facts, mount.at);
	}
}

/* The PID 1 of a sandbox is amidst making its root: how /proc looked outside its parent can tell,
 * whom the /proc from outside shows. */
static int open_mounts(void)
{
	char text[4096], name[32];
	const char *at;

	if (getppid() != 0)
		return open_proc("self/mountinfo");
	(void)read_proc("self/status", text, sizeof(text));
	at = strstr(text, "\nPPid:");
	(void)snprintf(name, sizeof(name), "%d/mountinfo", at ? atoi(at + sizeof("\nPPid:")) : 0);
	return open_proc(proc_has(name) ? name : "self/mountinfo");
}

/* One line of any length that fits the buffer at a time: the table may have thousands. */
static void read_mounts(struct why_facts *facts)
{
	char buf[8192];
	size_t len = 0;
	ssize_t n;
	int fd = open_mounts();

	if (fd < 0)
		return;
	while ((n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0) {
		char *line = buf, *end;

		len += (size_t)n;
		buf[len] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end = '\0';
			why_mountinfo(facts, line);
			line = end + 1;
		}
		len -= (size_t)(line - buf);
		memmove(buf, line, len);
		/* The layers of an overlay: nothing that is looked for. */
		if (len == sizeof(buf) - 1)
			len = 0;
	}
	(void)close(fd);
}

/* Most chroots are no mount's root. statx(2); musl has it from 1.2.5 on. */
static bool is_below_mount(void)
{
	struct {
		uint32_t mask, block_size;
		uint64_t attributes, unread[5], attributes_mask, rest[24];
	} at = { .attributes = 0 };

	return syscall(SYS_statx, AT_FDCWD, "/", 0, 0, &at) == 0 &&
	       at.attributes_mask & ATTR_MOUNT_ROOT && !(at.attributes & ATTR_MOUNT_ROOT);
}

/* Of those that are, another process' root may tell, if we may see it and it is in our mount
 * namespace. */
static bool is_elsewhere_than_init(void)
{
	struct stat ours, its;

	if (stat("/proc/self/ns/mnt", &ours) < 0 || stat("/proc/1/ns/mnt", &its) < 0 ||
	    ours.st_ino != its.st_ino)
		return false;
	if (stat("/", &ours) < 0 || stat("/proc/1/root", &its) < 0)
		return false;
	return ours.st_dev != its.st_dev || ours.st_ino != its.st_ino;
}

static enum why_runtime runtime(const struct why_facts *facts)
{
	const char *world = getenv("CRADLE_WORLD");
	char cgroup[1024];

	if (getenv("KUBERNETES_SERVICE_HOST") || !access("/var/run/secrets/kubernetes.io", F_OK))
		return WHY_RUNTIME_KUBERNETES;
	/* A machine whose files were an image once has that file as well. */
	if (facts->names_mounted && !access("/.dockerenv", F_OK))
		return WHY_RUNTIME_DOCKER;
	/* While a root is being made, "/" has a /run of its own and "." is the host's. */
	if (!access("/run/.containerenv", F_OK) || !access("run/.containerenv", F_OK))
		return WHY_RUNTIME_PODMAN;
	if (world && !strcmp(world, "namespace"))
		return WHY_RUNTIME_CRADLE;
	(void)read_proc("self/cgroup", cgroup, sizeof(cgroup));
	return getenv("INVOCATION_ID") && strstr(cgroup, ".service") ? WHY_RUNTIME_SYSTEMD
								     : WHY_RUNTIME_NONE;
}

static void read_security(struct why_facts *facts)
{
	char text[16];

	facts->userns_off = sysctl("sys/kernel/unprivileged_userns_clone") == 0;
	facts->apparmor_userns = sysctl("sys/kernel/apparmor_restrict_unprivileged_userns") == 1;
	facts->selinux =
		sys_read_file("/sys/fs/selinux/enforce", text, sizeof(text)) > 0 && atoi(text) == 1;
	if (read_proc("self/attr/apparmor/current", facts->label, sizeof(facts->label)) <= 0)
		(void)read_proc("self/attr/current", facts->label, sizeof(facts->label));
	facts->label[strcspn(facts->label, "\n")] = '\0';
}

void why_read(struct why_facts *facts)
{
	ssize_t n;

	*facts = (struct why_facts){ .proc_masked = "" };
	read_status(facts);
	read_namespaces(facts);
	read_security(facts);
	read_mounts(facts);
	facts->chrooted = is_below_mount() || is_elsewhere_than_init();
	facts->runtime = runtime(facts);
	n = readlink("/proc/self/exe", facts->exe, sizeof(facts->exe) - 1);
	if (n < 0)
		n = readlink("proc/self/exe", facts->exe, sizeof(facts->exe) - 1);
	facts->exe[n > 0 ? n : 0] = '\0';
}

static const char *as_text(const struct why *why)
{
	static char text[sizeof(*why) + 16];

	if (!*why->cause)
		return "";
	(void)snprintf(text, sizeof(text), " (%s%s%s)", why->cause, *why->fix ? "; fix: " : "",
		       why->fix);
	return text;
}

static const char *read_and_explain(enum why_step step, int err, uint64_t flags)
{
	struct why_facts facts;
	struct why why;

	why_read(&facts);
	why_explain(step, err, flags, &facts, &why);
	return as_text(&why);
}

const char *why_clone(int err, uint64_t flags)
{
	return read_and_explain(WHY_CLONE, err, flags);
}

const char *why_map(int err, unsigned id)
{
	return read_and_explain(id ? WHY_MAP : WHY_ROOT, err, 0);
}

const char *why_fs(const char *type, int err)
{
	return read_and_explain(!strcmp(type, "proc")    ? WHY_PROC
				: !strcmp(type, "sysfs") ? WHY_SYS
							 : WHY_MOUNT,
				err, 0);
}
