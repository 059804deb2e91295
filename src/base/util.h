/* util.h - pure text functions. None allocates, none makes a system call. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ARRAY_END(a)  ((a) + ARRAY_SIZE(a))

/* A whole decimal number up to max; returns false on anything else, empty text included. */
bool util_number(const char *text, uint64_t max, uint64_t *value);

/* "500ms", "5s", "2m", "1h"; a bare number is seconds, as in timeout(1). Into milliseconds. */
bool util_time(const char *text, unsigned *ms);

/* If text begins with prefix, what comes after it; else NULL. */
const char *util_after(const char *text, const char *prefix);

/* True if word is one of a comma list. */
bool util_in_list(const char *list, const char *word);

/* A few numbers into ascending order. */
void util_sort(int *numbers, unsigned n);

/* The part of a path after its last slash. */
const char *util_basename(const char *path);

/* What a file holds, or a path, must not talk to the terminal: a ? for each control character. */
static inline char util_visible(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f ? '?' : c;
}

/* Append to a text in a buffer that ends before end, and terminate it; what has no room is cut.
 * Returns where to go on. All that a launch needs of printf(3), which would take longer than half
 * of its other code together. base: 8 or 10. */
char *util_put(char *at, const char *end, const char *text);
char *util_put_number(char *at, const char *end, uint64_t value, unsigned base);

/* SIGTERM, TERM, term or 15; RTMIN+3, SIGRTMAX-2. SIGRTMIN is 34 and SIGRTMAX 64 whatever the C
 * library keeps for itself, as docker, podman and systemd count. Returns 1 to 64, or -1. */
int util_signal(const char *name, size_t len);

/* The name without SIG ("TERM", "RTMIN+3") of signals 1 to 64, written to buf. */
const char *util_signal_name(int sig, char buf[16]);

#endif
