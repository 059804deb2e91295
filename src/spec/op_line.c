/* An operation as the lines of a configuration file. Pure. */
#include "ops.h"

#include "words.h"

#include <stdarg.h>
#include <stdio.h>

static const char *bind_name(const struct op *op)
{
	bool try = op->flags & OP_TRY;

	if (op->flags & OP_GIVEN_FD)
		return op->flags & OP_RO ? "ro-bind-fd" : "bind-fd";
	if (op->flags & OP_DEVICES)
		return try ? "dev-bind-try" : "dev-bind";
	if (op->flags & OP_RO)
		return try ? "ro-bind-try" : "ro-bind";
	return try ? "bind-try" : "bind";
}

static const char *name_of(const struct op *op)
{
	static const char *const names[] = {
		[OP_TMPFS] = "tmpfs",
		[OP_PROC] = "proc",
		[OP_DEV] = "dev",
		[OP_DEVPTS] = "devpts",
		[OP_SYSFS] = "sysfs",
		[OP_CGROUPFS] = "cgroupfs",
		[OP_MQUEUE] = "mqueue",
		[OP_DIR] = "dir",
		[OP_FILE] = "file",
		[OP_SYMLINK] = "symlink",
		[OP_REMOUNT] = "remount-ro",
		[OP_MASK] = "mask",
		[OP_CHMOD] = "chmod",
	};

	switch (op->kind) {
	case OP_BIND:
		return bind_name(op);
	case OP_BIND_DATA:
		return op->flags & OP_RO ? "ro-bind-data" : "bind-data";
	case OP_OVERLAY:
		return op->upper ? "overlay" : op->flags & OP_RO ? "ro-overlay" : "tmp-overlay";
	default:
		return names[op->kind];
	}
}

/* The lines so far, and the one that is being written. */
struct lines {
	char *text;
	size_t size, len;
};

static void end_line(struct lines *l)
{
	if (l->len + 1 < l->size) {
		l->text[l->len++] = '\n';
		l->text[l->len] = '\0';
	} else {
		l->len = l->size;
	}
}

/* A line begins where the last one ended, so no blank before its first word. */
static void put(struct lines *l, const char *word)
{
	bool first = !l->len || (l->len < l->size && l->text[l->len - 1] == '\n');
	size_t at = first ? l->len : 0;

	if (l->len >= l->size)
		return;
	l->len = at + words_put(l->text + at, l->size - at, l->len - at, word);
}

__attribute__((format(printf, 2, 3))) static void put_word(struct lines *l, const char *fmt, ...)
{
	char word[4096 * 2];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(word, sizeof(word), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(word))
		l->len = l->size;
	else
		put(l, word);
}

static void put_modifiers(struct lines *l, const struct plan *plan, const struct op *op)
{
	for (unsigned i = 0; i < op->nlayers; i++) {
		put(l, "overlay-src");
		put(l, plan->layer[op->layer + i].path);
		end_line(l);
	}
	if (op->perms >= 0 && op->kind != OP_CHMOD) {
		put_word(l, "perms");
		put_word(l, "%04o", (unsigned)op->perms);
		end_line(l);
	}
	if (op->size) {
		put_word(l, "size");
		put_word(l, "%llu", (unsigned long long)op->size);
		end_line(l);
	}
}

static void put_mount(struct lines *l, const struct op *op)
{
	bool try = op->flags & OP_TRY;

	put(l, "mount");
	put_word(l, "%s:%s:%s%s%s%s%s", op->source, op->dest, op->type,
		 *op->options || try ? ":" : "", op->options, *op->options && try ? "," : "",
		 try ? "nofail" : "");
}

static void put_operation(struct lines *l, const struct op *op)
{
	put(l, op->idmap ? "bind-mapped" : name_of(op));
	if (op->idmap)
		put(l, op->idmap);
	if (op->kind == OP_CHMOD)
		put_word(l, "%04o", (unsigned)op->perms);
	if (op->flags & OP_GIVEN_FD)
		put_word(l, "%d", op->fd);
	if (op->upper) {
		put(l, op->upper);
		put(l, op->work);
	}
	/* Where /proc comes from follows from the namespaces. */
	if (op->source && op->kind != OP_PROC)
		put(l, op->source);
	put(l, op->dest);
}

const char *op_line(const struct plan *plan, const struct op *op, char *buf, size_t size)
{
	struct lines l = { buf, size, 0 };

	*buf = '\0';
	put_modifiers(&l, plan, op);
	if (op->kind == OP_MOUNT)
		put_mount(&l, op);
	else
		put_operation(&l, op);
	return l.len < size ? buf : NULL;
}
