/* Id maps and the lists of subordinate ids. */
#include "idranges.h"
#include "tap.h"

#include <string.h>

static struct idmap maps[SANDBOX_MAPS];
static unsigned n;

static void start(void)
{
	n = 0;
}

static bool has(unsigned i, unsigned inside, unsigned outside, unsigned count)
{
	return i < n && maps[i].inside == inside && maps[i].outside == outside &&
	       maps[i].count == count;
}

static void test_fill(void)
{
	start();
	(void)idranges_add(maps, &n, 1000, 1000, 1);
	tap_ok(idranges_fill(maps, &n, 100000, 65536) && n == 3 && has(1, 0, 100000, 1000) &&
		       has(2, 1001, 101000, 64536),
	       "the own id inside is a hole in what is filled");
	tap_ok(idranges_fill(maps, &n, 100000, 65536) && n == 3, "a range that is there is left");
	tap_ok(idranges_fill(maps, &n, 165530, 10) && n == 4 && has(3, 65537, 165536, 4),
	       "of one that overlaps, the rest is taken");
	start();
	(void)idranges_add(maps, &n, 0, 500, 1);
	tap_ok(idranges_fill(maps, &n, 499, 3) && n == 3 && has(1, 1, 499, 1) && has(2, 2, 501, 1),
	       "the own id outside is a hole in the range");
	start();
	tap_ok(idranges_fill(maps, &n, 4294967000U, 294) && n == 1, "up to the highest id");
	start();
	for (unsigned i = 0; i < SANDBOX_MAPS; i++)
		(void)idranges_add(maps, &n, 2 * i, 2 * i, 1);
	tap_ok(!idranges_fill(maps, &n, 100000, 1), "not more than the kernel takes");
}

static void test_overlap(void)
{
	unsigned a, b;

	start();
	(void)idranges_add(maps, &n, 0, 1000, 10);
	(void)idranges_add(maps, &n, 10, 1010, 10);
	tap_ok(!idranges_overlap(maps, n, IDRANGES_INSIDE, &a, &b),
	       "neighbours share nothing inside");
	tap_ok(!idranges_overlap(maps, n, IDRANGES_OUTSIDE, &a, &b), "nor outside");
	(void)idranges_add(maps, &n, 19, 3000, 1);
	tap_ok(idranges_overlap(maps, n, IDRANGES_INSIDE, &a, &b) && a == 1 && b == 2,
	       "one shared id inside is found");
	tap_ok(!idranges_overlap(maps, n, IDRANGES_OUTSIDE, &a, &b), "though none is outside");
}

static void test_parse(void)
{
	static const char text[] = "# comment\n"
				   "alice:100000:65536\n"
				   "\n"
				   "ali:1:1\n"
				   "1001:3000000000:7\n"
				   "bob:200000:65536\n"
				   "alice:4294967295:2\n"
				   "alice:5:0\n"
				   "alice:x:1\n"
				   "alice:7\n"
				   "alice:400000:5";
	struct idmap found[2];
	uint64_t next;

	tap_ok(idranges_parse(text, "alice", 1001, found, 2, &next) == 3, "by name and by number");
	tap_ok(found[0].outside == 100000 && found[0].count == 65536, "the first");
	tap_ok(found[1].outside == 3000000000U && found[1].count == 7, "one above 2^31");
	tap_ok(next == 3000000007U, "the end of all");
	tap_ok(idranges_parse(text, "carol", 9, found, 2, &next) == 0, "none for a stranger");
	tap_ok(idranges_parse(text, NULL, 1001, found, 2, &next) == 1, "none by no name");
	tap_ok(idranges_parse("", "alice", 1001, found, 2, &next) == 0 && next == 0,
	       "an empty file");
}

static void test_user(void)
{
	static const char text[] = "root:x:0:0:root:/root:/bin/sh\nbroken\nalice:x:1001:1:::\n";
	const char *name;

	tap_ok(idranges_user(text, 1001, &name) == 5 && !memcmp(name, "alice", 5), "a user's name");
	tap_ok(idranges_user(text, 1002, &name) == 0, "no such user");
}

int main(void)
{
	test_fill();
	test_overlap();
	test_parse();
	test_user();
	return tap_done();
}
