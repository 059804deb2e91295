/* The choice of groups. Pure. */
#include "learn_choose.h"

#include "names.h"
#include "util.h"

#include <string.h>

enum { FEWEST = 3 };

const char *const learn_baseline[] = { "getcpu",         "madvise",     "mremap", "rt_sigaction",
				       "rt_sigprocmask", "sigaltstack", "tgkill", NULL };

/* Groups of which no call may come in with others: privileged ones, and those that reach into other
 * processes or into much of the kernel. */
static const char *const risky_groups[] = {
	"@aio",       "@clock",    "@cpu-emulation", "@debug",      "@keyring", "@module",
	"@mount",     "@obsolete", "@pkey",          "@privileged", "@raw-io",  "@reboot",
	"@resources", "@sandbox",  "@setuid",        "@swap",
};

static const char *const risky_calls[] = {
	"execveat",
	"kcmp",
	"memfd_create",
	"memfd_secret",
	"name_to_handle_at",
	"open_by_handle_at",
	"pidfd_send_signal",
	"process_madvise",
	"process_vm_readv",
	"process_vm_writev",
	"setns",
	"userfaultfd",
	"clone3",
};

static bool has(const struct policy_group *group, int nr)
{
	for (size_t i = 0; group && i < group->ncalls; i++) {
		if (group->nr[i] == nr)
			return true;
	}
	return false;
}

static bool is_risky(int nr)
{
	const char *name = policy_call_name(nr);

	for (size_t i = 0; i < ARRAY_SIZE(risky_groups); i++) {
		if (has(policy_group(risky_groups[i]), nr))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(risky_calls); i++) {
		if (!strcmp(risky_calls[i], name))
			return true;
	}
	return false;
}

static bool was_seen(const struct learn_record *record, int nr)
{
	for (size_t i = 0; i < record->nuses; i++) {
		if (record->use[i].nr == nr)
			return true;
	}
	return false;
}

bool learn_is_chosen(const struct learn_choice *choice, int nr)
{
	for (unsigned i = 0; i < choice->ngroups; i++) {
		if (has(choice->group[i], nr))
			return true;
	}
	return false;
}

/* How many lines the group saves; 0 if it doesn't fit. */
static unsigned worth(const struct learn_choice *choice, const struct learn_record *record,
		      const struct policy_group *group)
{
	unsigned native = 0, seen = 0, saved = 0;

	for (size_t i = 0; i < group->ncalls; i++) {
		int nr = group->nr[i];

		if (nr < 0)
			continue;
		native++;
		/* Which arguments it may have is more than a group can say. */
		if (learn_terms(policy_call_name(nr)))
			return 0;
		if (was_seen(record, nr)) {
			seen++;
			saved += !learn_is_chosen(choice, nr);
		} else if (is_risky(nr)) {
			return 0;
		}
	}
	return 2 * seen >= native && saved >= FEWEST ? saved : 0;
}

static const struct policy_group *find_best(const struct learn_choice *choice,
					    const struct learn_record *record)
{
	const struct policy_group *best = NULL;
	unsigned most = 0;
	size_t n;
	const struct policy_group *groups = policy_groups(&n);

	for (size_t i = 0; i < n; i++) {
		unsigned saved = worth(choice, record, &groups[i]);

		if (saved > most) {
			most = saved;
			best = &groups[i];
		}
	}
	return best;
}

void learn_choose(struct learn_choice *choice, struct learn_record *record)
{
	static const uint64_t none[POLICY_ARGS];
	const struct policy_group *group = policy_group("@default");

	memset(choice, 0, sizeof(*choice));
	for (size_t i = 0; learn_baseline[i]; i++) {
		int nr = policy_call_number(learn_baseline[i]);

		if (nr >= 0)
			learn_note(record, nr, none, 0);
	}
	while (group && choice->ngroups < LEARN_GROUPS) {
		choice->group[choice->ngroups++] = group;
		group = find_best(choice, record);
	}
}
