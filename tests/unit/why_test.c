/* From a refusal and what is around it to the cause and the fix: a table. AppArmor, SELinux,
 * Docker and Kubernetes can't be had everywhere, so this is where they are tested. */
#include "tell_json.h"
#include "util.h"
#include "why.h"
#include "tap.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

/* A machine that refuses nothing, and what one row changes. */
#define PLAIN .proc_whole = true

static const struct {
	const char *name;
	enum why_step step;
	int err;
	unsigned flags;
	struct why_facts facts;
	const char *cause, *fix; /* found in it; "": it is empty */
} rows[] = {
	{ "AppArmor at the clone",
	  WHY_CLONE,
	  -EACCES,
	  CLONE_NEWUSER,
	  { PLAIN, .apparmor_userns = true, .exe = "/opt/my box/cradle" },
	  "kernel.apparmor_restrict_unprivileged_userns is 1",
	  "profile cradle \"/opt/my box/cradle\" flags=(unconfined) { userns, }" },
	{ "AppArmor at the id map",
	  WHY_MAP,
	  -EACCES,
	  0,
	  { PLAIN, .apparmor_userns = true },
	  "AppArmor refuses user namespaces",
	  "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" },
	{ "AppArmor at a mount",
	  WHY_MOUNT,
	  -EPERM,
	  0,
	  { PLAIN, .apparmor_userns = true },
	  "AppArmor refuses user namespaces",
	  "userns," },
	{ "AppArmor at the loopback",
	  WHY_OTHER,
	  -EPERM,
	  0,
	  { PLAIN, .apparmor_userns = true },
	  "AppArmor refuses user namespaces",
	  "userns," },
	{ "AppArmor spares root",
	  WHY_MOUNT,
	  -EPERM,
	  0,
	  { PLAIN, .apparmor_userns = true, .admin = true },
	  "",
	  "" },
	{ "root's id in root's sandbox",
	  WHY_ROOT,
	  -EPERM,
	  0,
	  { PLAIN, .filtered = true, .runtime = WHY_RUNTIME_CRADLE },
	  "only by who has CAP_SETFCAP",
	  "--cap-keep=CAP_SETFCAP" },
	{ "no more namespaces in root's sandbox",
	  WHY_CLONE,
	  -ENOSPC,
	  CLONE_NEWUSER,
	  { PLAIN, .exhausted = CLONE_NEWUSER, .runtime = WHY_RUNTIME_CRADLE },
	  "user.max_user_namespaces is 0",
	  "the outer sandbox with --disable-userns=0" },
	{ "AppArmor switched off",
	  WHY_MAP,
	  -EPERM,
	  0,
	  { PLAIN, .apparmor_userns = false },
	  "an id that the user namespace around us doesn't map",
	  "" },
	{ "a profile around us",
	  WHY_MOUNT,
	  -EACCES,
	  0,
	  { PLAIN, .label = "docker-default (enforce)", .runtime = WHY_RUNTIME_DOCKER },
	  "the AppArmor profile docker-default (enforce)",
	  "--security-opt apparmor=unconfined" },
	{ "a profile that only complains",
	  WHY_MOUNT,
	  -EACCES,
	  0,
	  { PLAIN, .label = "box (complain)" },
	  "",
	  "" },
	{ "SELinux",
	  WHY_CLONE,
	  -EACCES,
	  CLONE_NEWUSER,
	  { PLAIN, .selinux = true, .label = "system_u:system_r:container_t:s0" },
	  "SELinux may refuse it to system_u:system_r:container_t:s0",
	  "ausearch -m avc" },
	{ "Debian's sysctl",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN, .userns_off = true },
	  "kernel.unprivileged_userns_clone is 0",
	  "sysctl -w kernel.unprivileged_userns_clone=1" },
	{ "Debian's sysctl, as root in a filter",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN, .userns_off = true, .admin = true, .filtered = true },
	  "a seccomp filter",
	  "" },
	{ "a chroot before all",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN, .chrooted = true, .userns_off = true, .filtered = true },
	  "we are in a chroot",
	  "pivot_root" },
	{ "nothing to be seen",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN },
	  "no sysctl, filter or profile explains it",
	  "" },
	{ "a limit of 0",
	  WHY_CLONE,
	  -ENOSPC,
	  CLONE_NEWUSER | CLONE_NEWNET,
	  { PLAIN, .exhausted = CLONE_NEWNET | CLONE_NEWIPC },
	  "user.max_net_namespaces is 0",
	  "sysctl -w user.max_net_namespaces=10000" },
	{ "a limit elsewhere",
	  WHY_CLONE,
	  -ENOSPC,
	  CLONE_NEWUSER,
	  { PLAIN, .exhausted = CLONE_NEWNET },
	  "of a user namespace around us",
	  "user.max_*_namespaces" },
	{ "a kernel without",
	  WHY_CLONE,
	  -EINVAL,
	  CLONE_NEWUSER | CLONE_NEWPID,
	  { PLAIN, .absent = CLONE_NEWUSER | CLONE_NEWNET },
	  "no such namespaces: user",
	  "CONFIG_USER_NS" },
	{ "too many processes",
	  WHY_CLONE,
	  -EAGAIN,
	  CLONE_NEWUSER,
	  { PLAIN },
	  "limit of processes",
	  "ulimit -u" },
	{ "Docker's clone3",
	  WHY_CLONE,
	  -ENOSYS,
	  CLONE_NEWUSER,
	  { PLAIN, .filtered = true, .runtime = WHY_RUNTIME_DOCKER },
	  "seccomp filter around us, probably Docker's",
	  "docker run --security-opt seccomp=unconfined" },
	{ "Kubernetes' clone",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN, .filtered = true, .runtime = WHY_RUNTIME_KUBERNETES },
	  "seccomp filter",
	  "seccompProfile: {type: Unconfined}" },
	{ "systemd's clone",
	  WHY_CLONE,
	  -EPERM,
	  CLONE_NEWUSER,
	  { PLAIN, .filtered = true, .runtime = WHY_RUNTIME_SYSTEMD },
	  "seccomp filter",
	  "RestrictNamespaces=no" },
	{ "an old kernel",
	  WHY_CLONE,
	  -ENOSYS,
	  CLONE_NEWUSER,
	  { PLAIN },
	  "older than Linux 5.3",
	  "newer kernel" },
	{ "a masked /proc",
	  WHY_PROC,
	  -EPERM,
	  0,
	  { PLAIN, .proc_masked = "/proc/kcore, /proc/keys", .proc_nmasked = 9, .proc_nlisted = 2,
	    .runtime = WHY_RUNTIME_PODMAN },
	  "(/proc/kcore, /proc/keys and 7 more)",
	  "podman run --security-opt unmask=ALL" },
	{ "a masked /proc in Kubernetes",
	  WHY_PROC,
	  -EPERM,
	  0,
	  { PLAIN, .proc_masked = "/proc/kcore", .proc_nmasked = 1, .proc_nlisted = 1,
	    .runtime = WHY_RUNTIME_KUBERNETES },
	  "(/proc/kcore)",
	  "procMount: Unmasked" },
	{ "no /proc", WHY_PROC, -EPERM, 0, { .proc_whole = false }, "no whole /proc", "" },
	{ "/proc read-only",
	  WHY_PROC,
	  -EPERM,
	  0,
	  { PLAIN, .proc_readonly = true },
	  "read-only",
	  "" },
	{ "/sys in a container",
	  WHY_SYS,
	  -EPERM,
	  0,
	  { PLAIN, .runtime = WHY_RUNTIME_PODMAN },
	  "/sys is read-only or isn't whole",
	  "unmask=ALL" },
	{ "/sys elsewhere",
	  WHY_SYS,
	  -EPERM,
	  0,
	  { PLAIN, .sys_open = true },
	  "a network namespace of its own",
	  "" },
	{ "no such file system",
	  WHY_MOUNT,
	  -ENODEV,
	  0,
	  { PLAIN },
	  "no such file system",
	  "modprobe" },
	{ "too many mounts", WHY_MOUNT, -ENOSPC, 0, { PLAIN }, "limit of mounts", "fs.mount-max" },
	{ "no newuidmap", WHY_RANGES, -ENOENT, 0, { PLAIN }, "aren't installed", "uidmap" },
	{ "newuidmap with no_new_privs",
	  WHY_RANGES,
	  -EPERM,
	  0,
	  { PLAIN, .no_new_privs = true, .runtime = WHY_RUNTIME_KUBERNETES },
	  "no_new_privs",
	  "allowPrivilegeEscalation: true" },
	{ "no range", WHY_RANGES, -ENODATA, 0, { PLAIN }, "/etc/subuid", "usermod --add-subuids" },
	{ "newuidmap without rights",
	  WHY_RANGES,
	  -EPERM,
	  0,
	  { PLAIN },
	  "neither setuid root",
	  "setcap" },
	{ "read-only cgroups",
	  WHY_CGROUP,
	  -EROFS,
	  0,
	  { PLAIN, .runtime = WHY_RUNTIME_DOCKER },
	  "read-only",
	  "writable-cgroups=true" },
	{ "a cgroup of others", WHY_CGROUP, -EACCES, 0, { PLAIN }, "", "" },
	{ "an error that says it all", WHY_MOUNT, -ENOMEM, 0, { PLAIN, .filtered = true }, "", "" },
};

static const struct {
	const char *name, *lines[4];
	struct why_facts facts;
} tables[] = {
	{ "a plain host",
	  { "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw", "22 21 0:21 / /proc rw - proc proc rw",
	    "23 22 0:22 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw",
	    "24 21 0:23 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw" },
	  { .proc_whole = true } },
	{ "a container",
	  { "22 21 0:21 / /proc rw master:7 propagate_from:2 - proc proc rw",
	    "23 22 0:22 /null /proc/kcore rw - tmpfs tmpfs rw",
	    "24 22 0:21 /sys /proc/sys ro - proc proc rw",
	    "25 21 8:1 /var/hostname /etc/hostname rw - ext4 /dev/sda rw" },
	  { .proc_whole = true,
	    .proc_nmasked = 2,
	    .proc_nlisted = 2,
	    .proc_masked = "/proc/kcore, /proc/sys",
	    .names_mounted = true } },
	{ "read-only mounts",
	  { "22 21 0:21 / /proc ro,nosuid - proc proc rw",
	    "23 21 0:30 / /sys/fs/cgroup ro - cgroup2 cgroup ro" },
	  { .proc_whole = true, .proc_readonly = true } },
	{ "a part of /proc over /proc",
	  { "22 21 0:21 / /proc rw - proc proc rw", "23 22 0:21 /sys /proc rw - proc proc rw" },
	  { .proc_whole = false } },
	{ "lines that are none",
	  { "", "22 21 0:21 /", "22 21 0:21 / /proc rw", "1 2 3 4 /proc 6 - " },
	  {} },
};

static const struct {
	const char *text, *json;
} strings[] = {
	{ "", "\"\"" },
	{ "plain /path", "\"plain /path\"" },
	{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "line\nand\ttab\x1b[31m", "\"line\\u000aand\\u0009tab\\u001b[31m\"" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "\xff/\xc3", "\"\\ufffd/\\ufffd\"" },
	{ "\xc0\xaf\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
};

static bool holds(const char *text, const char *part)
{
	return *part ? strstr(text, part) != NULL : true;
}

static void test_row(size_t i)
{
	struct why why;

	why_explain(rows[i].step, rows[i].err, rows[i].flags, &rows[i].facts, &why);
	tap_ok(holds(why.cause, rows[i].cause) && holds(why.fix, rows[i].fix) &&
		       (*rows[i].cause || !*why.cause),
	       "%s: \"%s\", \"%s\"", rows[i].name, why.cause, why.fix);
}

static bool same(const struct why_facts *a, const struct why_facts *b)
{
	return a->proc_whole == b->proc_whole && a->proc_readonly == b->proc_readonly &&
	       a->proc_nmasked == b->proc_nmasked && a->proc_nlisted == b->proc_nlisted &&
	       !strcmp(a->proc_masked, b->proc_masked) && a->names_mounted == b->names_mounted;
}

static void test_table(size_t i)
{
	const struct why_facts *want = &tables[i].facts;
	struct why_facts got = { .proc_masked = "" };
	char line[256];

	for (size_t n = 0; n < ARRAY_SIZE(tables[i].lines) && tables[i].lines[n]; n++) {
		(void)snprintf(line, sizeof(line), "%s", tables[i].lines[n]);
		why_mountinfo(&got, line);
	}
	tap_ok(same(&got, want), "the mounts of %s (masked: %s)", tables[i].name, got.proc_masked);
}

int main(void)
{
	struct why_facts many = { .proc_masked = "" };
	char buf[256], line[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(i);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		test_table(i);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(line, sizeof(line), "9 8 0:1 / /proc/%u rw - tmpfs t rw", i);
		why_mountinfo(&many, line);
	}
	tap_ok(many.proc_nmasked == 100 && many.proc_nlisted < 100 &&
		       strlen(many.proc_masked) < sizeof(many.proc_masked),
	       "a hundred masks are counted, and %u listed", many.proc_nlisted);
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		tell_json_string(strings[i].text, buf, sizeof(buf));
		tap_ok(!strcmp(buf, strings[i].json), "as JSON: %s", buf);
	}
	tell_json_string("\x01\x01\x01\x01", buf, 16);
	tap_ok(!strcmp(buf, "\"\\u0001\\u0001\""),
	       "a string that doesn't fit ends between characters: %s", buf);
	return tap_done();
}
