/* Capabilities by name, what Landlock can, and who a user is. */
#include "capability.h"
#include "keys.h"
#include "landlock.h"
#include "tap.h"
#include "user.h"
#include "util.h"
#include "walled.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#define BIT(n) (UINT64_C(1) << (n))

static const struct {
	const char *list;
	uint64_t bits; /* 0: refused */
} capabilities[] = {
	{ "CAP_CHOWN", BIT(CAP_CHOWN) },
	{ "kill", BIT(CAP_KILL) },
	{ "Cap_Kill,CHOWN", BIT(CAP_KILL) | BIT(CAP_CHOWN) },
	{ "kill,kill", BIT(CAP_KILL) },
	{ "ALL", CAPABILITY_ALL },
	{ "chown,all", CAPABILITY_ALL },
	{ "checkpoint_restore", BIT(40) },
	{ "", 0 },
	{ ",", 0 },
	{ "kill,", 0 },
	{ ",kill", 0 },
	{ "kill chown", 0 },
	{ "cap_", 0 },
	{ "kil", 0 },
	{ "killl", 0 },
	{ "5", 0 },
	{ "chown,nosuch", 0 },
};

static void test_capabilities(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++)
		tap_ok(capability_parse(capabilities[i].list) == capabilities[i].bits,
		       "capabilities [%s]", capabilities[i].list);
}

/* What the options leave of an init's all, or of a sandbox's none. */
static const struct {
	const char *words[6]; /* name, value, ... */
	uint64_t init, run;
} kept[] = {
	{ { "cap-drop", "kill" }, CAPABILITY_ALL & ~BIT(CAP_KILL), 0 },
	{ { "cap-add", "kill" }, CAPABILITY_ALL, BIT(CAP_KILL) },
	{ { "cap-keep", "kill" }, BIT(CAP_KILL), BIT(CAP_KILL) },
	{ { "cap-keep", "kill", "cap-keep", "chown" },
	  BIT(CAP_KILL) | BIT(CAP_CHOWN),
	  BIT(CAP_KILL) | BIT(CAP_CHOWN) },
	{ { "cap-add", "all", "cap-keep", "kill" }, BIT(CAP_KILL), BIT(CAP_KILL) },
	{ { "cap-drop", "all", "cap-add", "kill" }, BIT(CAP_KILL), BIT(CAP_KILL) },
	{ { "cap-add", "all", "cap-drop", "kill" },
	  CAPABILITY_ALL & ~BIT(CAP_KILL),
	  CAPABILITY_ALL & ~BIT(CAP_KILL) },
	{ { "cap-keep", "kill,chown", "cap-drop", "kill", "cap-add", "mknod" },
	  BIT(CAP_CHOWN) | BIT(CAP_MKNOD),
	  BIT(CAP_CHOWN) | BIT(CAP_MKNOD) },
};

static uint64_t keep(enum verb verb, const char *const words[6])
{
	static struct spec spec;

	memset(&spec, 0, sizeof(spec));
	spec.verb = verb;
	if (verb == VERB_INIT)
		spec_confine_nothing(&spec.run.confine);
	for (unsigned i = 0; i < 6 && words[i]; i += 2) {
		const struct key *key = key_find(verb, words[i], strlen(words[i]));

		if (!key || key_set(key, &spec, "--", words[i + 1]))
			return UINT64_MAX;
	}
	return spec.run.confine.keep_rights ? UINT64_MAX : spec.run.confine.caps;
}

static void test_kept(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		tap_ok(keep(VERB_INIT, kept[i].words) == kept[i].init, "init: --%s=%s ...",
		       kept[i].words[0], kept[i].words[1]);
		tap_ok(keep(VERB_RUN, kept[i].words) == kept[i].run, "run: --%s=%s ...",
		       kept[i].words[0], kept[i].words[1]);
	}
}

/* LANDLOCK_ACCESS_FS_* of <linux/landlock.h> by version: 1, 2, 3, 5. */
static void test_deniable(void)
{
	static const uint64_t all[] = { 0x1fff, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff };

	for (unsigned abi = 1; abi < ARRAY_SIZE(all); abi++)
		tap_ok(landlock_deniable(abi) == all[abi], "version %u can deny %#llx", abi,
		       (unsigned long long)all[abi]);
}

static const struct {
	unsigned use;
	bool directory;
	unsigned abi;
	uint64_t want;
} uses[] = {
	{ LANDLOCK_READ, true, 7, 0xc },
	{ LANDLOCK_READ, false, 7, 0x4 },
	{ LANDLOCK_READ | LANDLOCK_EXECUTE, true, 7, 0xd },
	{ LANDLOCK_READ | LANDLOCK_EXECUTE, false, 7, 0x5 },
	{ LANDLOCK_READ | LANDLOCK_WRITE, true, 7, 0xfffe },
	{ LANDLOCK_READ | LANDLOCK_WRITE, false, 7, 0xc006 },
	{ LANDLOCK_READ | LANDLOCK_WRITE, true, 1, 0x1ffe },
	{ LANDLOCK_READ | LANDLOCK_WRITE, false, 1, 0x6 },
	{ LANDLOCK_READ | LANDLOCK_WRITE, true, 2, 0x3ffe },
	{ LANDLOCK_READ | LANDLOCK_WRITE, true, 3, 0x7ffe },
	{ LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_EXECUTE, true, 5, 0xffff },
};

static void test_uses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++)
		tap_ok(landlock_allowed(uses[i].use, uses[i].directory, uses[i].abi) ==
			       uses[i].want,
		       "use %u of a %s by version %u", uses[i].use,
		       uses[i].directory ? "directory" : "file", uses[i].abi);
}

static const struct {
	bool files, tcp;
	unsigned scopes, abi;
	const char *want;
} missing[] = {
	{ true, true, 3, 7, "" },
	{ true, true, 3, 6, "" },
	{ true, true, 3, 5, "abstract sockets (Linux 6.12), signals (Linux 6.12)" },
	{ true, true, 0, 5, "" },
	{ true, true, 0, 4, "ioctl(2) on devices (Linux 6.10)" },
	{ false, true, 0, 4, "" },
	{ false, true, 0, 3, "TCP ports (Linux 6.7)" },
	{ true, false, 0, 2, "truncate(2) (Linux 6.2), ioctl(2) on devices (Linux 6.10)" },
	{ false, false, LANDLOCK_SIGNAL, 0, "signals (Linux 6.12)" },
	{ false, false, 0, 0, "" },
};

static void test_missing(void)
{
	static struct spec_landlock asked;
	char text[256], little[8];

	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		asked.npaths = missing[i].files;
		asked.net[LANDLOCK_CONNECT].given = missing[i].tcp;
		asked.scopes = missing[i].scopes;
		(void)landlock_missing(&asked, missing[i].abi, text, sizeof(text));
		tap_ok(!strcmp(text, missing[i].want), "version %u lacks [%s]", missing[i].abi,
		       missing[i].want);
	}
	asked.npaths = 1;
	tap_ok(landlock_missing(&asked, 0, little, sizeof(little)) > 0 &&
		       strlen(little) < sizeof(little),
	       "a list that is too long is cut");
}

static char passwd_text[] = "root:x:0:0:root:/root:/bin/sh\n"
			    "worker:x:4711:4712::/srv/worker:/bin/sh\n"
			    "# comment\n"
			    "noline\n"
			    "1234:x:77:78:::\n"
			    "twice:x:5000:5000::/one:\n"
			    "twice:x:5001:5001::/two:\n";
static char group_text[] = "root:x:0:\n"
			   "workers:x:4712:worker\n"
			   "build:x:4800:other,worker\n"
			   "prefix:x:4801:worke,workers\n"
			   "audio:x:29:worker\n"
			   "4800:x:31:\n";

static const struct {
	const char *user, *groups;
	int err;
	unsigned uid, gid, n, group[3];
} users[] = {
	{ "worker", NULL, 0, 4711, 4712, 2, { 4800, 29 } },
	{ "4711", NULL, 0, 4711, 4712, 2, { 4800, 29 } },
	{ "worker:audio", NULL, 0, 4711, 29, 0, { 0 } },
	{ "worker:31", NULL, 0, 4711, 31, 0, { 0 } },
	{ "worker", "", 0, 4711, 4712, 0, { 0 } },
	{ "worker", "root,77", 0, 4711, 4712, 2, { 0, 77 } },
	{ "1234", NULL, 0, 77, 78, 0, { 0 } },
	{ "1234:4800", NULL, 0, 77, 31, 0, { 0 } },
	{ "99:98", NULL, 0, 99, 98, 0, { 0 } },
	{ "99:98", "29", 0, 99, 98, 1, { 29 } },
	{ "twice", NULL, 0, 5000, 5000, 0, { 0 } },
	{ "5001", NULL, 0, 5001, 5001, 0, { 0 } },
	{ NULL, "audio", 0, 0, 0, 1, { 29 } },
	{ "99", NULL, -2, 0, 0, 0, { 0 } },
	{ "nosuch", NULL, -2, 0, 0, 0, { 0 } },
	{ "nosuch:1", NULL, -2, 0, 0, 0, { 0 } },
	{ "worker:nosuch", NULL, -2, 0, 0, 0, { 0 } },
	{ "worker", "nosuch", -2, 0, 0, 0, { 0 } },
	{ "99:4294967295", NULL, -2, 0, 0, 0, { 0 } },
	{ "4294967295:1", NULL, -2, 0, 0, 0, { 0 } },
};

static bool is_found(size_t i, const struct spec_user *user, int err)
{
	if (err || users[i].err)
		return err == users[i].err;
	return user->uid == users[i].uid && user->gid == users[i].gid &&
	       user->ngroups == users[i].n &&
	       !memcmp(user->group, users[i].group, users[i].n * sizeof(unsigned));
}

static void test_users(void)
{
	struct spec_user nobody = { .user = "worker" }, number = { .user = "7:8", .groups = "9" };
	FILE *passwd = fmemopen(passwd_text, sizeof(passwd_text) - 1, "r");
	FILE *group = fmemopen(group_text, sizeof(group_text) - 1, "r");

	for (size_t i = 0; i < ARRAY_SIZE(users); i++) {
		struct spec_user user = { .user = users[i].user, .groups = users[i].groups };
		int err = user_read(&user, passwd, group);

		tap_ok(is_found(i, &user, err), "user %s, groups %s",
		       users[i].user ? users[i].user : "none",
		       users[i].groups ? users[i].groups : "by the file");
		free(user.home);
	}
	(void)fclose(passwd);
	(void)fclose(group);
	tap_ok(user_read(&nobody, NULL, NULL) == -2, "without files there are no names");
	tap_ok(user_read(&number, NULL, NULL) == 0 && number.uid == 7 && number.gid == 8 &&
		       number.ngroups == 1 && number.group[0] == 9,
	       "without files numbers do");
}

int main(void)
{
	test_capabilities();
	test_kept();
	test_deniable();
	test_uses();
	test_missing();
	test_users();
	return tap_done();
}
