/* best_effort.h - what a sandbox may be told to do without, by name. */
#ifndef SPEC_BEST_EFFORT_H
#define SPEC_BEST_EFFORT_H

/* As bits, after those of enum limit, which come first. */
enum best_effort {
	BEST_KEYRING = 1 << 4,  /* a session keyring of its own */
	BEST_LANDLOCK = 1 << 5, /* what the kernel's Landlock can't deny */
};

enum { BEST_KINDS = 6 };

/* A comma list into bits. NULL, or what was expected. */
const char *best_effort_parse(unsigned *bits, const char *list);

/* The word of the bit with this number. */
const char *best_effort_name(unsigned number);

#endif
