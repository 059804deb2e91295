/* The cache entry's format. May do nothing but read and write memory. */
#include "cache.h"

#include "util.h"

#include <string.h>

/* Its last digit is the format's version. */
static const char magic[8] = "cradleP1";

enum { ALIGN = 8, BPF_INSNS_MAX = 4096 };

/* False: no room, and something is missing. */
static bool join(char *buf, size_t size, const char *a, const char *b, const char *c)
{
	const char *end = buf + size;
	char *at = util_put(util_put(util_put(buf, end, a), end, b), end, c);

	return (size_t)(at - buf) == strlen(a) + strlen(b) + strlen(c);
}

bool cache_directory(char *path, size_t size, const char *xdg_cache_home, const char *home)
{
	/* A relative one is to be ignored, says the XDG base directory specification. */
	if (xdg_cache_home && xdg_cache_home[0] == '/')
		return join(path, size, xdg_cache_home, "/cradle", "");
	return home && home[0] == '/' && join(path, size, home, "/.cache/cradle", "");
}

bool cache_is_name(const char *word)
{
	return word[0] && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789-_")];
}

bool cache_subject(char *subject, size_t size, const char *policy, const char *cwd)
{
	bool relative = policy[0] != '/' && !cache_is_name(policy);

	return join(subject, size, relative ? cwd : "", relative ? "/" : "", policy);
}

static uint64_t fnv1a(uint64_t hash, const void *bytes, size_t len)
{
	for (const unsigned char *c = bytes; len; len--)
		hash = (hash ^ *c++) * UINT64_C(0x100000001b3);
	return hash;
}

void cache_name(char name[CACHE_NAME], const char *subject, uint64_t caps)
{
	static const char suffix[] = ".policy";
	uint64_t hash = fnv1a(UINT64_C(0xcbf29ce484222325), subject, strlen(subject));

	hash = fnv1a(hash, &caps, sizeof(caps));
	for (unsigned i = 0; i < 16; i++)
		name[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
	memcpy(name + 16, suffix, sizeof(suffix));
}

bool cache_is_private(const struct stat *st, uid_t user)
{
	return st->st_uid == user && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static uint64_t mtime_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec;
}

bool cache_same_tool(const struct cache_tool *tool, const struct stat *st)
{
	return tool->dev == st->st_dev && tool->ino == st->st_ino &&
	       tool->size == (uint64_t)st->st_size && tool->mtime_ns == mtime_ns(st);
}

void cache_set_tool(struct cache_tool *tool, const char *path, const struct stat *st)
{
	*tool = (struct cache_tool){ path, st->st_dev, st->st_ino, (uint64_t)st->st_size,
				     mtime_ns(st) };
}

struct writer {
	unsigned char *buf;
	size_t size, used;
};

static void put(struct writer *w, const void *bytes, size_t len)
{
	static const char zeros[ALIGN];
	size_t pad = -len % ALIGN;

	if (len + pad <= w->size && w->used <= w->size - len - pad) {
		memcpy(w->buf + w->used, bytes, len);
		memcpy(w->buf + w->used + len, zeros, pad);
	}
	w->used += len + pad;
}

static void put_number(struct writer *w, uint64_t number)
{
	put(w, &number, sizeof(number));
}

static void put_block(struct writer *w, const void *bytes, size_t len)
{
	put_number(w, len);
	put(w, bytes, len);
}

size_t cache_encode(const struct cache_entry *entry, void *buf, size_t size)
{
	struct writer w = { buf, size, 0 };

	put(&w, magic, sizeof(magic));
	put_number(&w, entry->arch);
	put_number(&w, entry->kernel_major);
	put_number(&w, entry->kernel_minor);
	put_number(&w, entry->caps);
	for (size_t i = 0; i < CACHE_TOOLS; i++) {
		const struct cache_tool *tool = &entry->tool[i];

		put_block(&w, tool->path, strlen(tool->path) + 1);
		put_number(&w, tool->dev);
		put_number(&w, tool->ino);
		put_number(&w, tool->size);
		put_number(&w, tool->mtime_ns);
	}
	put_number(&w, entry->ninputs);
	for (unsigned i = 0; i < entry->ninputs; i++) {
		put_block(&w, entry->input[i].path, strlen(entry->input[i].path) + 1);
		put_block(&w, entry->input[i].bytes, entry->input[i].len);
	}
	put_block(&w, entry->insn, entry->len * sizeof(entry->insn[0]));
	return w.used;
}

struct reader {
	const unsigned char *at;
	size_t left;
	bool bad;
};

static const void *get(struct reader *r, size_t len)
{
	const void *bytes = r->at;

	if (r->bad || len > r->left || -len % ALIGN > r->left - len) {
		r->bad = true;
		return magic; /* something to read a number from; nobody uses it */
	}
	len += -len % ALIGN;
	r->at += len;
	r->left -= len;
	return bytes;
}

static uint64_t get_number(struct reader *r)
{
	uint64_t number;

	memcpy(&number, get(r, sizeof(number)), sizeof(number));
	return number;
}

static const void *get_block(struct reader *r, size_t *len)
{
	uint64_t n = get_number(r);
	const void *bytes;

	r->bad |= n > r->left;
	bytes = get(r, (size_t)n);
	*len = r->bad ? 0 : (size_t)n;
	return bytes;
}

static const char *get_text(struct reader *r)
{
	size_t len;
	const char *text = get_block(r, &len);

	r->bad = r->bad || !len || memchr(text, '\0', len) != text + len - 1;
	return r->bad ? "" : text;
}

static void get_inputs(struct reader *r, struct cache_entry *entry)
{
	uint64_t n = get_number(r);

	r->bad |= n < 1 || n > CACHE_INPUTS;
	for (unsigned i = 0; i < n && !r->bad; i++) {
		entry->input[i].path = get_text(r);
		entry->input[i].bytes = get_block(r, &entry->input[i].len);
		entry->ninputs++;
	}
}

bool cache_decode(struct cache_entry *entry, const void *buf, size_t size)
{
	struct reader r = { buf, size, false };
	size_t len;

	memset(entry, 0, sizeof(*entry));
	r.bad = memcmp(get(&r, sizeof(magic)), magic, sizeof(magic)) != 0 || r.bad;
	entry->arch = (uint32_t)get_number(&r);
	entry->kernel_major = (uint32_t)get_number(&r);
	entry->kernel_minor = (uint32_t)get_number(&r);
	entry->caps = get_number(&r);
	for (size_t i = 0; i < CACHE_TOOLS; i++) {
		struct cache_tool *tool = &entry->tool[i];

		tool->path = get_text(&r);
		tool->dev = get_number(&r);
		tool->ino = get_number(&r);
		tool->size = get_number(&r);
		tool->mtime_ns = get_number(&r);
	}
	get_inputs(&r, entry);
	entry->insn = get_block(&r, &len);
	entry->len = len / sizeof(entry->insn[0]);
	return !r.bad && !r.left && len % sizeof(entry->insn[0]) == 0 && len &&
	       entry->len <= BPF_INSNS_MAX;
}
