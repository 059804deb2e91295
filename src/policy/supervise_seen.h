/* supervise_seen.h - which denials have been reported, and how often each call came. Pure. */
#ifndef POLICY_SUPERVISE_SEEN_H
#define POLICY_SUPERVISE_SEEN_H

#include <stdbool.h>
#include <stddef.h>

/* A call that is tried with ever new arguments is reported this often. */
enum { SEEN_PER_CALL = 16 };

struct seen_call {
	char *name;
	unsigned long count;
	unsigned reported;
};

struct seen {
	struct seen_call *call; /* in the order they came */
	size_t ncalls;
	char **key;
	size_t nkeys;
};

/* Count a call. The entry is good until the next one. */
struct seen_call *seen_count(struct seen *seen, const char *name);

/* True if nothing with this key was reported yet and there is room for it. */
bool seen_is_new(struct seen *seen, struct seen_call *call, const char *key);

/* Accepts a zeroed one. */
void seen_finish(struct seen *seen);

#endif
