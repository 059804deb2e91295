/* Id maps as lists of ranges. Pure. */
#include "idranges.h"

#include "util.h"

#include <string.h>

static unsigned first(const struct idmap *map, enum idranges_side side)
{
	return side == IDRANGES_INSIDE ? map->inside : map->outside;
}

/* count never reaches beyond UINT32_MAX: idmap_parse() and idranges_parse() see to it. */
static unsigned end(const struct idmap *map, enum idranges_side side)
{
	return first(map, side) + map->count;
}

bool idranges_overlap(const struct idmap *maps, unsigned n, enum idranges_side side, unsigned *a,
		      unsigned *b)
{
	for (*a = 0; *a < n; ++*a) {
		for (*b = *a + 1; *b < n; ++*b) {
			if (first(&maps[*a], side) < end(&maps[*b], side) &&
			    first(&maps[*b], side) < end(&maps[*a], side))
				return true;
		}
	}
	return false;
}

const struct idmap *idranges_find(const struct idmap *maps, unsigned n, enum idranges_side side,
				  unsigned id)
{
	for (unsigned i = 0; i < n; i++) {
		if (id >= first(&maps[i], side) && id < end(&maps[i], side))
			return &maps[i];
	}
	return NULL;
}

bool idranges_add(struct idmap *maps, unsigned *n, unsigned inside, unsigned outside,
		  unsigned count)
{
	if (*n == SANDBOX_MAPS)
		return false;
	maps[(*n)++] = (struct idmap){ inside, outside, count };
	return true;
}

/* From *id on, the first that no map has; returns how many follow up to the next map. */
static unsigned find_free(const struct idmap *maps, unsigned n, enum idranges_side side,
			  unsigned *id)
{
	const struct idmap *map;
	unsigned up_to = UINT32_MAX;

	while ((map = idranges_find(maps, n, side, *id)))
		*id = end(map, side);
	for (unsigned i = 0; i < n; i++) {
		if (first(&maps[i], side) > *id && first(&maps[i], side) < up_to)
			up_to = first(&maps[i], side);
	}
	return up_to - *id;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

bool idranges_fill(struct idmap *maps, unsigned *n, unsigned outside, unsigned count)
{
	const unsigned stop = outside + count;

	for (;;) {
		unsigned inside = 0, room = find_free(maps, *n, IDRANGES_OUTSIDE, &outside);

		if (outside >= stop)
			return true;
		room = least(room, find_free(maps, *n, IDRANGES_INSIDE, &inside));
		room = least(room, stop - outside);
		/* All ids inside are taken. */
		if (!room)
			return true;
		if (!idranges_add(maps, n, inside, outside, room))
			return false;
		outside += room;
	}
}

/* The next field of a line, and where the one after it begins; NULL: there is none. */
static const char *field(const char **at, size_t *len)
{
	const char *start = *at;

	*len = 0;
	if (!start)
		return NULL;
	*len = strcspn(start, ":\n");
	*at = start[*len] == ':' ? start + *len + 1 : NULL;
	return start;
}

static bool number(const char *text, size_t len, unsigned *value)
{
	char digits[16];
	uint64_t n;

	if (!text || !len || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!util_number(digits, UINT32_MAX - 1, &n))
		return false;
	*value = (unsigned)n;
	return true;
}

static bool is_user(const char *word, size_t len, const char *user, unsigned uid)
{
	unsigned n;

	if (user && strlen(user) == len && !memcmp(word, user, len))
		return true;
	return number(word, len, &n) && n == uid;
}

static bool range(const char *line, const char **owner, size_t *len, struct idmap *map)
{
	const char *word;
	size_t n;

	*owner = field(&line, len);
	word = field(&line, &n);
	if (!number(word, n, &map->outside))
		return false;
	word = field(&line, &n);
	return number(word, n, &map->count) && map->count &&
	       map->count <= UINT32_MAX - map->outside;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

unsigned idranges_parse(const char *text, const char *user, unsigned uid, struct idmap *ranges,
			unsigned room, uint64_t *next)
{
	unsigned n = 0;

	*next = 0;
	for (; *text; text = next_line(text)) {
		struct idmap map = { 0 };
		const char *owner;
		size_t len;

		if (!range(text, &owner, &len, &map))
			continue;
		if ((uint64_t)map.outside + map.count > *next)
			*next = (uint64_t)map.outside + map.count;
		if (!is_user(owner, len, user, uid))
			continue;
		if (n < room)
			ranges[n] = map;
		n++;
	}
	return n;
}

unsigned idranges_user(const char *text, unsigned uid, const char **name)
{
	for (; *text; text = next_line(text)) {
		const char *line = text, *word;
		size_t len, n;
		unsigned id;

		*name = field(&line, &len);
		(void)field(&line, &n);
		word = field(&line, &n);
		if (number(word, n, &id) && id == uid)
			return (unsigned)len;
	}
	return 0;
}
