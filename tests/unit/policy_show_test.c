/* What the verbs print about policies. What show prints must mean what the policy meant. */
#include "tap.h"

#include "memory.h"
#include "names.h"
#include "parse.h"
#include "source.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void parse(struct policy *policy, const char *text)
{
	const struct policy_context context = { .kernel_major = 6, .kernel_minor = 1 };

	policy_init(policy, "test");
	(void)policy_add_input(policy, &(struct policy_input){ .path = "t", .bytes = text });
	if (policy_parse_text(policy, "t", text, &context) < 0)
		abort();
}

static char *shown(const struct policy *policy)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	show_policy(policy, to);
	(void)fclose(to);
	return text;
}

static bool same_action(struct policy_action a, struct policy_action b)
{
	return a.act == b.act && (a.act != POLICY_ERRNO || a.error == b.error);
}

/* Numbers near those that the policy compares with, and some that are far. */
static uint64_t interesting(const struct policy *policy)
{
	const struct policy_rule *rule;
	uint64_t value = (uint64_t)random();

	if (!policy->nrules || random() % 4 == 0)
		return value << random() % 40;
	rule = &policy->rule[(size_t)random() % policy->nrules];
	if (!rule->ntests)
		return value % 64;
	value = rule->test[0].value | (random() % 2 ? 0 : rule->test[0].mask);
	if (random() % 4 == 0)
		value |= 1ULL << (32 + random() % 32);
	return value + (uint64_t)(random() % 3 - 1);
}

static unsigned differences(const struct policy *a, const struct policy *b)
{
	unsigned found = 0;

	for (int nr = 0; nr < POLICY_NUMBERS; nr++) {
		for (int i = 0; i < 64; i++) {
			uint64_t args[POLICY_ARGS];

			for (unsigned n = 0; n < POLICY_ARGS; n++)
				args[n] = interesting(a);
			found += !same_action(policy_eval(a, nr, args, NULL),
					      policy_eval(b, nr, args, NULL));
		}
	}
	return found;
}

static const char *const texts[] = {
	"",
	"default allow",
	"default kill\nunknown trap\narch i386 x32",
	"allow @known",
	"default allow\ndeny ENOSYS mseal\nlog read\ntrap write",
	"allow mseal if arg0 == 1",
	"deny EPERM mseal",
	"unknown allow\ndeny EPERM mseal",
	"allow read if arg2 < 10 or arg2 > 100 and arg0 == 3\ndeny ENOENT read if arg2 == 5",
	"allow socket if arg0 in {AF_UNIX, AF_INET} and arg1 & 0xf in {SOCK_STREAM, SOCK_DGRAM}",
	"allow socket if arg0 not in {AF_UNIX, AF_INET, AF_NETLINK} and arg1 != 3",
	"allow clone if arg0 & CLONE_NEWUSER|CLONE_NEWNS == 0 or arg0 & CLONE_THREAD != 0",
	"allow openat if arg0 == AT_FDCWD\ndeny 200 openat if arg2 & O_CREAT == O_CREAT",
	"allow ioctl\ndeny ioctl if arg1 == TIOCSTI\nallow ioctl if arg0 == 0\nkill ioctl if arg2 "
	"== -1",
	"allow mmap if arg2 & PROT_EXEC == 0 and arg5 >= -4096",
	"allow unshare if arg0 == 0x7fffffff or arg0 == 0x7cfffeff",
	"allow read if arg2 < 100 and arg2 < 20 and arg0 == 1",
	"allow personality if arg0 in {PER_LINUX32, 0xffffffff, ADDR_NO_RANDOMIZE}",
	"deny 0 read\ndeny 8 write\ndeny 14 lseek\ndeny 15 close\ndeny 4095 dup",
	"default 0\nunknown 256",
	"deny read\nallow read if arg0 == 1\ndeny read if arg0 == 1 and arg1 == 2\nallow read "
	"write",
};

static void test_show(const char *name, const char *text)
{
	struct policy policy, again;
	char *first, *second;

	parse(&policy, text);
	first = shown(&policy);
	parse(&again, first);
	second = shown(&again);
	tap_ok(!differences(&policy, &again), "what is shown means the same: %s", name);
	tap_ok(!strcmp(first, second), "and is shown the same: %s", name);
	tap_ok(!diff_policies(&policy, &again, stderr), "and doesn't differ: %s", name);
	free(first);
	free(second);
	policy_finish(&policy);
	policy_finish(&again);
}

static void test_shows(void)
{
	const char *text, *name;
	char number[16];

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)snprintf(number, sizeof(number), "text %u", i);
		test_show(number, texts[i]);
	}
	for (unsigned i = 0; (name = policy_shipped(i, &text)); i++)
		test_show(name, text);
}

/* A number has a name in one call, and none or another in the next. */
static void test_grouping(void)
{
	static const char text[] = "deny fallocate flock umount2 if arg1 == 2\n"
				   "deny setns if arg1 == 2\n"
				   "deny mprotect pkey_mprotect lseek if arg2 & 4 == 4\n"
				   "deny socket socketpair if arg0 == 1 or arg0 == 2\n"
				   "default allow";
	struct policy policy;
	char *first;

	parse(&policy, text);
	first = shown(&policy);
	tap_ok(strstr(first, "\ndeny EPERM fallocate if arg1 == FALLOC_FL_PUNCH_HOLE\n") &&
		       strstr(first, "\ndeny EPERM flock umount2 if arg1 == 2\n") &&
		       strstr(first, "\ndeny EPERM lseek if arg2 & 4 == 4\n"),
	       "names stand with their call alone");
	tap_ok(strstr(first, "\ndeny EPERM mprotect pkey_mprotect if arg2 & PROT_EXEC == "
			     "PROT_EXEC\n") &&
		       strstr(first, "\ndeny EPERM socket socketpair if arg0 in {AF_UNIX, "
				     "AF_INET}\n"),
	       "calls that share names share a line");
	free(first);
	policy_finish(&policy);
}

/* Whether it has one rule, which tests what this policy's does. */
static bool same_test(const struct policy *a, const struct policy *b)
{
	const struct policy_test *x, *y;

	if (a->nrules != 1 || b->nrules != 1 || b->rule[0].ntests != 1)
		return false;
	x = &a->rule[0].test[0];
	y = &b->rule[0].test[0];
	return x->arg == y->arg && x->op == y->op && x->mask == y->mask && x->value == y->value;
}

/* However many names a number has. */
static void test_flags(void)
{
	static const char *const arguments[] = { "clone if arg0", "unshare if arg0",
						 "mount if arg3" };
	unsigned wrong = 0;

	for (unsigned i = 0; i < 3000; i++) {
		uint64_t mask = ((uint64_t)random() << 1 | 1) & UINT32_MAX;
		struct policy policy, again;
		char text[128], *first;

		if (i % 2)
			mask |= (uint64_t)random();
		(void)snprintf(text, sizeof(text), "allow %s & %#" PRIx64 " == %#" PRIx64,
			       arguments[i % 3], mask, mask & (uint64_t)random());
		parse(&policy, text);
		first = shown(&policy);
		parse(&again, first);
		wrong += !same_test(&policy, &again);
		free(first);
		policy_finish(&policy);
		policy_finish(&again);
	}
	tap_ok(!wrong, "random flags are shown as themselves (%u not)", wrong);
}

static const struct difference {
	const char *a, *b, *text;
} diffs[] = {
	{ "allow read", "allow read", "" },
	{ "allow read", "deny read\nallow write\nallow @basic-io\ndeny @basic-io\nallow read", "" },
	{ "allow read write", "allow lseek",
	  "lseek\n- deny EPERM\n+ allow\nread write\n- allow\n+ deny EPERM\n" },
	{ "default allow", "default kill\ndeny read",
	  "- default allow\n+ default kill\n" /* and all calls */ },
	{ "arch i386", "unknown kill",
	  "- unknown ENOSYS\n+ unknown kill\n- arch i386\n" /* and new calls */ },
	{ "allow socket if arg0 in {AF_UNIX, AF_INET}",
	  "allow socket if arg0 in {AF_INET, AF_UNIX}", "" },
	{ "deny read if arg0 == 1\nkill write if arg0 == 1\ndeny write", "", "" },
	{ "allow openat if arg0 == -100", "allow openat if arg0 == 0xffffff9c", "" },
	{ "deny personality if arg0 == 8", "deny personality if arg0 & 0xffffffff == 8", "" },
	{ "allow socket if arg0 < 4", "allow socket if arg0 <= 3", "" },
	{ "allow read if arg2 < 1 or arg2 > 1", "allow read\ndeny read if arg2 == 1", "" },
	{ "allow read if arg2 >= 16", "allow read if arg2 & 0xfffffffffffffff0 != 0", "" },
	{ "allow read if arg0 == 1 and arg1 == 2\nallow read if arg0 == 1 and arg1 != 2",
	  "allow read if arg0 == 1", "" },
	{ "default ENOSYS\nallow read", "deny ENOSYS @known\nallow read", "" },
	{ "allow lseek if arg2 not in {0, 1}", "allow lseek if arg2 > 2",
	  "lseek\n- allow if arg2 not in {0, 1} else deny EPERM\n+ allow if arg2 > 2 else deny "
	  "EPERM\n" },
	{ "allow fallocate flock umount2 if arg1 == 2", "",
	  "fallocate\n- allow if arg1 == FALLOC_FL_PUNCH_HOLE else deny EPERM\n+ deny EPERM\n"
	  "flock umount2\n- allow if arg1 == 2 else deny EPERM\n+ deny EPERM\n" },
	{ "allow socket if arg0 == AF_UNIX", "allow socket",
	  "socket\n- allow if arg0 == AF_UNIX else deny EPERM\n+ allow\n" },
};

static void test_diffs(void)
{
	for (size_t i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++) {
		const struct difference *d = &diffs[i];
		struct policy a, b;
		char *text = NULL;
		size_t size, len = strlen(d->text);
		FILE *to = open_memstream(&text, &size);
		bool differ;

		parse(&a, d->a);
		parse(&b, d->b);
		differ = diff_policies(&a, &b, to);
		(void)fclose(to);
		tap_ok(differ == !!len && (len ? !strncmp(text, d->text, len) : !*text),
		       "diff %zu says what differs", i);
		free(text);
		policy_finish(&a);
		policy_finish(&b);
	}
}

static const struct checked {
	const char *what, *text, *said; /* how it begins */
	bool found;
} checks[] = {
	{ "a later line wins", "allow read\ndeny read",
	  "t:1:7: read never decides: line 2 has the last word: deny read\n", true },
	{ "a group is lost", "allow @swap\ndeny swapon swapoff",
	  "t:1:7: the group never decides: line 2 has the last word: deny swapon swapoff\n", true },
	{ "a part of a group is no matter", "allow @basic-io\ndeny read", "", false },
	{ "a test is lost", "allow read if arg0 == 1\ndeny read",
	  "t:1:7: read never decides: line 2 has the last word: deny read\n", true },
	{ "so is a narrower one", "allow read if arg0 == 1 and arg1 == 2\ndeny read if arg0 == 1",
	  "t:1:7: read never decides: line 2 has the last word: deny read if arg0 == 1\n", true },
	{ "another file's line wins", "allow socket\ninclude strict\ndeny write\nallow write",
	  "t:3:6: write never decides: line 4 has the last word: allow write\n", true },
	{ "and is named", "deny write\ninclude strict",
	  "t:1:6: write never decides: strict:", true },
	{ "an exception is none", "allow read\ndeny read if arg0 == 1", "", false },
	{ "what another file said is no matter", "include strict\ndeny write", "", false },
	{ "a call of another architecture", "deny umount",
	  "t:1:6: umount: only other architectures have this call\n", false },
	{ "together with one of ours", "deny umount umount2", "", false },
	{ "with that architecture", "arch i386\ndeny umount",
	  "still allowed:\n  i386                         calls of another architecture", false },
	{ "a risky call", "allow ptrace",
	  "still allowed:\n  ptrace                       stops and changes other processes of the "
	  "same user (t:1)\n",
	  false },
	{ "a risky argument", "allow ioctl\ndeny ioctl if arg1 == TIOCLINUX",
	  "still allowed:\n  ioctl(TIOCSTI)               types into the terminal (t:1)\n", false },
	{ "none", "allow ioctl\ndeny ioctl if arg1 in {TIOCSTI, TIOCLINUX}", "", false },
};

static void test_checks(void)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct checked *c = &checks[i];
		struct policy policy;
		char *text = NULL;
		size_t size, len = strlen(c->said);
		FILE *to = open_memstream(&text, &size);
		char whole[256];
		bool found;

		/* Without it there is always something to say. */
		(void)snprintf(whole, sizeof(whole), "%s\nallow execve", c->text);
		parse(&policy, whole);
		found = check_policy(&policy, to);
		(void)fclose(to);
		tap_ok(found == c->found && (len ? !strncmp(text, c->said, len) : !*text), "%s",
		       c->what);
		free(text);
		policy_finish(&policy);
	}
}

static void test_unstartable(void)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	struct policy policy;
	bool found;

	parse(&policy, "allow read");
	found = check_policy(&policy, to);
	(void)fclose(to);
	tap_ok(found && !strcmp(text, "nothing can be started under it: expected allow execve\n"),
	       "a policy without execve is told");
	free(text);
	policy_finish(&policy);
}

/* A test on such a call would run the program for each of them. */
static void test_hot(void)
{
	static const char *const hot[] = {
		"read",          "write",        "mmap",       "munmap",     "mprotect", "brk",
		"futex",         "close",        "epoll_wait", "recvfrom",   "sendto",   "poll",
		"clock_gettime", "gettimeofday", "getpid",     "sched_yield"
	};
	const char *text, *name;

	for (unsigned i = 0; (name = policy_shipped(i, &text)); i++) {
		struct policy policy;
		unsigned found = 0;

		parse(&policy, text);
		for (size_t r = 0; r < policy.nrules; r++) {
			for (size_t h = 0; h < sizeof(hot) / sizeof(hot[0]); h++)
				found += policy.rule[r].ntests &&
					 policy.rule[r].nr == policy_call_number(hot[h]);
		}
		tap_ok(policy.nrules && !found, "%s has no tests on hot calls", name);
		policy_finish(&policy);
	}
}

int main(void)
{
	srandom(1);
	test_shows();
	test_grouping();
	test_flags();
	test_diffs();
	test_checks();
	test_unstartable();
	test_hot();
	return tap_done();
}
