/* How the options are read that make a root file system. May only write into the spec. */
#include "setters.h"

#include "mountspec.h"
#include "namespaces.h"
#include "util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "expected less: there is no memory";
static const char a_fd[] = "expected the number of an open descriptor";
static const char a_mode[] = "expected permissions in octal, such as 0755";

static const char *add(struct spec *spec, enum op_kind kind, unsigned flags, const char *source,
		       const char *dest)
{
	struct op *op;

	if (!*dest)
		return "expected a path inside the sandbox";
	if (source && !*source)
		return "expected something before the path inside";
	op = plan_add(&spec->run.plan, kind, source, dest);
	if (!op)
		return no_memory;
	op->flags = flags;
	return NULL;
}

const char *set_bind(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, 0, word[0], word[1]);
}

const char *set_bind_try(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, OP_TRY, word[0], word[1]);
}

const char *set_dev_bind(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, OP_DEVICES, word[0], word[1]);
}

const char *set_dev_bind_try(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, OP_DEVICES | OP_TRY, word[0], word[1]);
}

const char *set_ro_bind(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, OP_RO, word[0], word[1]);
}

const char *set_ro_bind_try(struct spec *spec, const char *const *word)
{
	return add(spec, OP_BIND, OP_RO | OP_TRY, word[0], word[1]);
}

/* One whose source or contents is a descriptor. */
static const char *add_fd(struct spec *spec, enum op_kind kind, unsigned flags,
			  const char *const *word)
{
	struct plan *plan = &spec->run.plan;
	uint64_t fd;
	const char *wrong;

	if (!util_number(word[0], INT32_MAX, &fd))
		return a_fd;
	wrong = add(spec, kind, flags | OP_GIVEN_FD, NULL, word[1]);
	if (!wrong)
		plan->op[plan->nops - 1].fd = (int)fd;
	return wrong;
}

const char *set_bind_fd(struct spec *spec, const char *const *word)
{
	return add_fd(spec, OP_BIND, 0, word);
}

const char *set_ro_bind_fd(struct spec *spec, const char *const *word)
{
	return add_fd(spec, OP_BIND, OP_RO, word);
}

const char *set_file(struct spec *spec, const char *const *word)
{
	return add_fd(spec, OP_FILE, 0, word);
}

const char *set_bind_data(struct spec *spec, const char *const *word)
{
	return add_fd(spec, OP_BIND_DATA, 0, word);
}

const char *set_ro_bind_data(struct spec *spec, const char *const *word)
{
	return add_fd(spec, OP_BIND_DATA, OP_RO, word);
}

const char *set_bind_mapped(struct spec *spec, const char *const *word)
{
	struct plan *plan = &spec->run.plan;
	struct idmap map;
	const char *wrong = idmap_parse(&map, word[0]);

	if (!wrong)
		wrong = add(spec, OP_BIND, 0, word[1], word[2]);
	if (!wrong)
		plan->op[plan->nops - 1].idmap = word[0];
	return wrong;
}

const char *set_remount_ro(struct spec *spec, const char *value)
{
	return add(spec, OP_REMOUNT, OP_RO, NULL, value);
}

const char *set_overlay_src(struct spec *spec, const char *value)
{
	return plan_add_layer(&spec->run.plan, value);
}

static const char *add_overlay(struct spec *spec, unsigned flags, const char *const *writable,
			       const char *dest, unsigned least)
{
	struct plan *plan = &spec->run.plan;
	unsigned nlayers = plan->layer_pending;
	const char *wrong;
	struct op *op;

	if (nlayers < least)
		return least == 1 ? "expected --overlay-src=DIR before it"
				  : "expected --overlay-src=DIR twice before it";
	wrong = add(spec, OP_OVERLAY, flags, NULL, dest);
	if (wrong)
		return wrong;
	op = &plan->op[plan->nops - 1];
	op->layer = plan->nlayers - nlayers;
	op->nlayers = nlayers;
	if (writable) {
		op->upper = writable[0];
		op->work = writable[1];
	}
	plan->layer_pending = 0;
	return NULL;
}

const char *set_overlay(struct spec *spec, const char *const *word)
{
	return add_overlay(spec, 0, word, word[2], 1);
}

const char *set_tmp_overlay(struct spec *spec, const char *value)
{
	return add_overlay(spec, 0, NULL, value, 1);
}

/* Without a writable layer overlayfs wants two (Documentation/filesystems/overlayfs.rst). */
const char *set_ro_overlay(struct spec *spec, const char *value)
{
	return add_overlay(spec, OP_RO, NULL, value, 2);
}

const char *set_proc(struct spec *spec, const char *value)
{
	return add(spec, OP_PROC, 0, NULL, value);
}

const char *set_dev(struct spec *spec, const char *value)
{
	return add(spec, OP_DEV, 0, NULL, value);
}

const char *set_devpts(struct spec *spec, const char *value)
{
	return add(spec, OP_DEVPTS, 0, NULL, value);
}

const char *set_sysfs(struct spec *spec, const char *value)
{
	return add(spec, OP_SYSFS, 0, NULL, value);
}

const char *set_cgroupfs(struct spec *spec, const char *value)
{
	return add(spec, OP_CGROUPFS, 0, NULL, value);
}

const char *set_mqueue(struct spec *spec, const char *value)
{
	return add(spec, OP_MQUEUE, 0, NULL, value);
}

const char *set_tmpfs(struct spec *spec, const char *value)
{
	struct plan *plan = &spec->run.plan;
	const char *wrong = add(spec, OP_TMPFS, 0, NULL, value);

	if (wrong)
		return wrong;
	plan->op[plan->nops - 1].size = plan->size;
	plan->size = 0;
	plan->size_given = false;
	return NULL;
}

const char *set_dir(struct spec *spec, const char *value)
{
	return add(spec, OP_DIR, 0, NULL, value);
}

const char *set_symlink(struct spec *spec, const char *const *word)
{
	return add(spec, OP_SYMLINK, 0, word[0], word[1]);
}

const char *set_mask(struct spec *spec, const char *value)
{
	/* glob(7) reads it as one star, and secrets further down would stay in sight. */
	if (strstr(value, "**"))
		return "expected a pattern without **, as a star doesn't cross a slash";
	return add(spec, OP_MASK, OP_RO, NULL, value);
}

static const char *octal(const char *text, int *perms)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end || mode > 07777)
		return a_mode;
	*perms = (int)mode;
	return NULL;
}

const char *set_perms(struct spec *spec, const char *value)
{
	if (spec->run.plan.perms_given)
		return "expected it once for the same option";
	spec->run.plan.perms_given = true;
	return octal(value, &spec->run.plan.perms);
}

const char *set_chmod(struct spec *spec, const char *const *word)
{
	struct plan *plan = &spec->run.plan;
	int perms;
	const char *wrong = octal(word[0], &perms);

	if (!wrong)
		wrong = add(spec, OP_CHMOD, 0, NULL, word[1]);
	if (!wrong)
		plan->op[plan->nops - 1].perms = perms;
	return wrong;
}

const char *set_size(struct spec *spec, const char *value)
{
	struct plan *plan = &spec->run.plan;

	char *end;

	if (plan->size_given)
		return "expected it once for the same option";
	plan->size_given = true;
	/* As bwrap reads it: 0x100000 is a number, too. PAGE_ALIGN() in the kernel must not
	 * overflow. */
	errno = 0;
	plan->size = strtoull(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno || !plan->size ||
	    plan->size > INT64_MAX / 2)
		return "expected a number of bytes";
	return NULL;
}

const char *set_root(struct spec *spec, const char *value)
{
	struct plan *plan = &spec->run.plan;

	if (!*value)
		return "expected a directory, or empty";
	plan->root = strcmp(value, "empty") ? ROOT_DIR : ROOT_EMPTY;
	plan->dir = plan->root == ROOT_DIR ? value : NULL;
	return NULL;
}

const char *set_overlay_tmp_root(struct spec *spec, const char *value)
{
	return set_bool(&spec->run.plan.root_overlay, value);
}

/* The same words as in a VM; what a bind is can't differ from --bind. */
const char *set_sandbox_mount(struct spec *spec, const char *value)
{
	struct plan *plan = &spec->run.plan;
	struct spec_mount m;
	const char *wrong = mountspec_parse(&m, value);

	if (!wrong)
		wrong = add(spec, strcmp(m.type, "bind") ? OP_MOUNT : OP_BIND,
			    m.nofail ? OP_TRY : 0, m.source, m.target);
	if (!wrong) {
		plan->op[plan->nops - 1].type = m.type;
		plan->op[plan->nops - 1].options = m.options;
		if (util_in_list(m.options, "ro"))
			plan->op[plan->nops - 1].flags |= OP_RO;
	}
	return wrong;
}
