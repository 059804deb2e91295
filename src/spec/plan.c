/* The order of a root file system. Pure but for what it logs. */
#include "ops.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool takes_perms(enum op_kind kind)
{
	return kind == OP_TMPFS || kind == OP_DIR || kind == OP_FILE || kind == OP_BIND_DATA;
}

static bool grow(struct plan *plan)
{
	bool first = plan->op == plan->first;
	unsigned room = plan->room * 4;
	struct op *more = realloc(first ? NULL : plan->op, room * sizeof(*more));

	if (!more)
		return false;
	if (first)
		memcpy(more, plan->first, sizeof(plan->first));
	plan->op = more;
	plan->room = room;
	return true;
}

struct op *plan_add(struct plan *plan, enum op_kind kind, const char *source, const char *dest)
{
	struct op *op;

	if (!plan->op) {
		plan->op = plan->first;
		plan->room = PLAN_FIRST;
	}
	if (plan->nops == plan->room && !grow(plan))
		return NULL;
	op = &plan->op[plan->nops++];
	*op = (struct op){
		.kind = kind, .source = source, .dest = dest, .fd = -1, .tree = -1, .perms = -1
	};
	if (plan->perms_given && takes_perms(kind)) {
		op->perms = plan->perms;
		plan->perms_given = false;
	}
	return op;
}

const char *plan_add_layer(struct plan *plan, const char *path)
{
	struct layer *more;

	if (!*path)
		return "expected a directory";
	more = realloc(plan->layer, (plan->nlayers + 1) * sizeof(*more));
	if (!more)
		return "expected less: there is no memory";
	plan->layer = more;
	plan->layer[plan->nlayers++] = (struct layer){ path, -1 };
	plan->layer_pending++;
	return NULL;
}

int plan_to_front(struct plan *plan, unsigned n)
{
	unsigned moved = plan->nops - n;
	struct op *copy = malloc((moved + 1) * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	memcpy(copy, plan->op + n, moved * sizeof(*copy));
	memmove(plan->op + moved, plan->op, n * sizeof(*copy));
	memcpy(plan->op, copy, moved * sizeof(*copy));
	free(copy);
	return 0;
}

static bool is_root(const char *path)
{
	return strspn(path, "/.") == strlen(path) && !strstr(path, "..");
}

static bool can_be_root(enum op_kind kind)
{
	return kind == OP_BIND || kind == OP_OVERLAY || kind == OP_TMPFS || kind == OP_MOUNT;
}

const char *plan_unused(const struct plan *plan, const char *option)
{
	if (plan->layer_pending && strcmp(option, "overlay-src"))
		return "--overlay-src: expected another one, or --overlay, --tmp-overlay or "
		       "--ro-overlay after it";
	if (!strcmp(option, "perms") || !strcmp(option, "size"))
		return NULL;
	if (plan->perms_given)
		return "--perms: expected an option after it that makes a file or directory";
	return plan->size_given ? "--size: expected --tmpfs after it" : NULL;
}

static int check_pending(const struct plan *plan)
{
	const char *unused = plan_unused(plan, "");

	/* bwrap doesn't look at what waits before the command. */
	if (!unused || (plan->no_defaults && !plan->layer_pending))
		return 0;
	log_error("%s", unused);
	return -EINVAL;
}

static int check_op(const struct op *op)
{
	if (is_root(op->dest) && !can_be_root(op->kind) && op->kind != OP_REMOUNT &&
	    op->kind != OP_CHMOD && op->kind != OP_DIR) {
		log_error("cannot make / of this: %s needs a path below it", op->dest);
		return -EINVAL;
	}
	return 0;
}

/* A mount on / hides all that was before it, so it is where the list begins. */
static unsigned find_root(struct plan *plan)
{
	for (unsigned i = plan->nops; i > 0; i--) {
		if (is_root(plan->op[i - 1].dest) && can_be_root(plan->op[i - 1].kind))
			return i - 1;
	}
	return plan->nops;
}

static void drop_before(struct plan *plan, unsigned n)
{
	if (n && !plan->no_defaults)
		log_warn("%u options before the one that makes / have no effect", n);
	memmove(plan->op, plan->op + n, (plan->nops - n) * sizeof(*plan->op));
	plan->nops -= n;
}

static const struct {
	enum op_kind kind;
	const char *dest;
	int perms;
	bool dir_only; /* what a VM's agent finds, too; the host's tree has its own */
} defaults[] = {
	{ OP_DEV, "/dev", -1, false },      { OP_MQUEUE, "/dev/mqueue", -1, true },
	{ OP_TMPFS, "/tmp", 01777, false }, { OP_TMPFS, "/run", 0755, false },
	{ OP_PROC, "/proc", -1, false },    { OP_SYSFS, "/sys", -1, true },
};

enum { NDEFAULTS = sizeof(defaults) / sizeof(defaults[0]) };

static void move(struct plan *plan, unsigned from, unsigned to)
{
	struct op op = plan->op[from];

	memmove(plan->op + to + 1, plan->op + to, (from - to) * sizeof(*plan->op));
	plan->op[to] = op;
}

/* After the root, before all that was asked for. */
static int add_defaults(struct plan *plan, unsigned at, bool net)
{
	unsigned before = plan->nops, n;

	for (unsigned i = 0; i < NDEFAULTS; i++) {
		struct op *op;

		if (defaults[i].dir_only &&
		    (plan->root != ROOT_DIR || (defaults[i].kind == OP_SYSFS && !net)))
			continue;
		op = plan_add(plan, defaults[i].kind, NULL, defaults[i].dest);
		if (!op)
			return log_errno(-ENOMEM, "cannot plan the root file system");
		op->flags = OP_DEFAULT | (defaults[i].dir_only ? OP_TRY : 0);
		op->perms = defaults[i].perms;
	}
	n = plan->nops - before;
	for (unsigned i = 0; i < n; i++)
		move(plan, before + i, at + i);
	return 0;
}

/* A directory below a layer that is thrown away. */
static int set_layered_root(struct plan *plan)
{
	struct op *op;

	if (plan_add_layer(plan, plan->dir))
		return log_errno(-ENOMEM, "cannot plan the root file system");
	op = plan_add(plan, OP_OVERLAY, NULL, "/");
	if (!op)
		return log_errno(-ENOMEM, "cannot plan the root file system");
	op->flags = OP_DEFAULT;
	op->layer = plan->nlayers - 1;
	op->nlayers = 1;
	plan->layer_pending = 0;
	move(plan, plan->nops - 1, 0);
	plan->has_root_op = true;
	return 0;
}

static int set_root(struct plan *plan)
{
	unsigned at = find_root(plan);

	if (at == plan->nops)
		return plan->dir ? set_layered_root(plan) : 0;
	if (plan->root == ROOT_DIR || plan->root_overlay) {
		log_error("--root and a mount on /: expected one of them");
		return -EINVAL;
	}
	drop_before(plan, at);
	plan->has_root_op = true;
	return 0;
}

int plan_finish(struct plan *plan, bool pid, bool net)
{
	int err = check_pending(plan);

	for (unsigned i = 0; i < plan->nops && !err; i++)
		err = check_op(&plan->op[i]);
	if (!err && plan->root_overlay && plan->root != ROOT_HOST) {
		log_error("--overlay-tmp-root is for the host's tree; --root=DIR has such a layer "
			  "anyway");
		err = -EINVAL;
	}
	if (!err)
		err = set_root(plan);
	if (!err && !plan->no_defaults && plan->root != ROOT_EMPTY)
		err = add_defaults(plan, plan->has_root_op, net);
	for (unsigned i = 0; i < plan->nops && !pid; i++) {
		/* Only a PID namespace of ours has a /proc that we may mount (proc(5)). */
		if (plan->op[i].kind == OP_PROC)
			plan->op[i].source = "/proc";
	}
	return err;
}

bool plan_is_default(const struct plan *plan)
{
	return plan->root == ROOT_HOST && !plan->has_root_op && !plan->root_overlay && plan->nops &&
	       (plan->op[plan->nops - 1].flags & OP_DEFAULT);
}
