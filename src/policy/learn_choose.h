/* learn_choose.h - which groups say shortly what a run needed. Pure. */
#ifndef POLICY_LEARN_CHOOSE_H
#define POLICY_LEARN_CHOOSE_H

#include "groups.h"
#include "learn_record.h"

enum { LEARN_GROUPS = 32 };

struct learn_choice {
	const struct policy_group *group[LEARN_GROUPS];
	unsigned ngroups;
};

/* What every program may need by chance (at its end, on a signal, when malloc grows) and isn't in
 * @default; ends with NULL. */
extern const char *const learn_baseline[];

/* Add the baseline and choose groups, @default always. Another one is chosen if the run made at
 * least half of its calls, and what it adds is neither risky nor depends on arguments. */
void learn_choose(struct learn_choice *choice, struct learn_record *record);

/* True if one of the groups has the call. */
bool learn_is_chosen(const struct learn_choice *choice, int nr);

#endif
