/* ops.h - what a sandbox's root file system is made of: a list, in the order it was asked for.
 *
 * Plain data. Sources are paths of the host, or descriptors; destinations are paths inside.
 */
#ifndef SPEC_OPS_H
#define SPEC_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum op_kind {
	OP_BIND,      /* source at dest, with all its submounts */
	OP_OVERLAY,   /* layers at dest */
	OP_TMPFS,     /* empty, private */
	OP_PROC,      /* of the sandbox's PID namespace */
	OP_DEV,       /* a minimal /dev */
	OP_DEVPTS,    /* terminals of its own */
	OP_SYSFS,     /* of the sandbox's network namespace */
	OP_CGROUPFS,  /* seen from the sandbox's cgroup */
	OP_MQUEUE,    /* POSIX message queues */
	OP_MOUNT,     /* any other type of file system that the kernel lets us mount */
	OP_DIR,       /* a directory */
	OP_FILE,      /* a file with the contents of fd */
	OP_BIND_DATA, /* the same, bound over dest */
	OP_SYMLINK,   /* dest -> source */
	OP_CHMOD,     /* perms of what exists */
	OP_REMOUNT,   /* read-only from here on; this mount alone */
	OP_MASK,      /* what is there can't be seen */
};

enum op_flags {
	OP_RO = 1 << 0,
	OP_DEVICES = 1 << 1,  /* device nodes work */
	OP_TRY = 1 << 2,      /* a source that isn't there is no error */
	OP_DEFAULT = 1 << 3,  /* not asked for by anybody: of the launcher's own plan */
	OP_GIVEN_FD = 1 << 4, /* the source is a descriptor that was handed to us */
};

struct op {
	enum op_kind kind;
	unsigned flags; /* enum op_flags */
	/* Bind: path on the host. Symlink: its text. Mount: device or name. */
	const char *source;
	const char *dest;         /* inside, from "/" */
	const char *type;         /* mount: of the file system */
	const char *options;      /* mount: as of mount(8) */
	const char *idmap;        /* bind: INSIDE:OUTSIDE:COUNT of an idmapped mount; NULL: none */
	const char *upper, *work; /* overlay: on the host; both NULL: thrown away */
	unsigned layer, nlayers;  /* overlay: which of plan->layer, lowest first */
	int fd;                   /* source or contents; -1: none yet */
	int tree;                 /* detached mount, made in the child; -1: none */
	int perms;                /* of what is created; -1: by kind */
	uint64_t size;            /* tmpfs: bytes; 0: the kernel's choice */
};

enum root_kind {
	ROOT_HOST,  /* the caller's tree, read-only */
	ROOT_EMPTY, /* a private tmpfs */
	ROOT_DIR,   /* a directory, writes thrown away */
};

enum { PLAN_FIRST = 16 };

struct layer {
	const char *path;
	int fd;
};

struct plan {
	enum root_kind root;
	const char *dir;   /* ROOT_DIR */
	bool root_overlay; /* ROOT_HOST: writable, on a layer that is thrown away */
	bool no_defaults;  /* bwrap: only what was asked for */
	bool has_root_op;  /* op[0] is what / is made of */
	struct op *op;
	unsigned nops, room;
	struct layer *layer;
	unsigned nlayers;
	/* What the next option will use (--perms, --size, --overlay-src); complained about if none
	 * does. */
	unsigned layer_pending;
	int perms;
	uint64_t size;
	bool size_given, perms_given;
	struct op first[PLAN_FIRST]; /* where op begins, so that few need no memory; last, for
				      * what comes before it changes with each option */
};

/* A new one at the end; takes the pending perms. NULL: no memory. */
struct op *plan_add(struct plan *plan, enum op_kind kind, const char *source, const char *dest);

/* --overlay-src: for the overlay that comes next. */
const char *plan_add_layer(struct plan *plan, const char *path);

/* Put what was added from the n-th on before all else. 0, or -ENOMEM. */
int plan_to_front(struct plan *plan, unsigned n);

/* It puts something at dest that is on the host: a bind, or the host's own /proc. */
static inline bool op_is_bind(const struct op *op)
{
	return op->kind == OP_BIND || (op->kind == OP_PROC && op->source);
}

/* What is wrong if option came next, where --perms, --size or --overlay-src wait for theirs. NULL:
 * nothing. */
const char *plan_unused(const struct plan *plan, const char *option);

/* Put the defaults in front, find out which is the root, refuse what contradicts itself. pid: there
 * is a PID namespace whose /proc can be mounted. 0, or -EINVAL after saying why. */
int plan_finish(struct plan *plan, bool pid, bool net);

/* The host's tree with the defaults, and nothing else. */
bool plan_is_default(const struct plan *plan);

/* The lines of a configuration file that ask for this, without the last line's end. Returns buf, or
 * NULL where there was no room. */
const char *op_line(const struct plan *plan, const struct op *op, char *buf, size_t size);

#endif
