/* Calls that the linked libseccomp may not know yet.
 *
 * From 424 on the kernel gives a call one number for all architectures; those below are from its
 * scripts/syscall.tbl. libseccomp 2.5.4 (Debian 12) ends at 450.
 */
#include "names.h"

#include <stddef.h>
#include <string.h>

/* Elsewhere a foreign number, far from libseccomp's. */
#ifdef __x86_64__
#define X86_64(nr) (nr)
#else
#define X86_64(nr) (-20000 - (nr))
#endif

static const struct {
	const char *name;
	int nr;
} newer[] = {
	{ "cachestat", 451 },         /* Linux 6.5 */
	{ "fchmodat2", 452 },         /* 6.6 */
	{ "map_shadow_stack", 453 },  /* 6.6 */
	{ "futex_wake", 454 },        /* 6.7 */
	{ "futex_wait", 455 },        /* 6.7 */
	{ "futex_requeue", 456 },     /* 6.7 */
	{ "statmount", 457 },         /* 6.8 */
	{ "listmount", 458 },         /* 6.8 */
	{ "lsm_get_self_attr", 459 }, /* 6.8 */
	{ "lsm_set_self_attr", 460 }, /* 6.8 */
	{ "lsm_list_modules", 461 },  /* 6.8 */
	{ "mseal", 462 },             /* 6.10 */
	{ "setxattrat", 463 },        /* 6.13 */
	{ "getxattrat", 464 },        /* 6.13 */
	{ "listxattrat", 465 },       /* 6.13 */
	{ "removexattrat", 466 },     /* 6.13 */
	{ "open_tree_attr", 467 },    /* 6.15 */
	{ "file_getattr", 468 },      /* 6.17 */
	{ "file_setattr", 469 },      /* 6.17 */
	{ "listns", 470 },            /* 6.19 */
	{ "rseq_slice_yield", 471 },  /* 7.0 */
	/* The kernel puts these into a probed program itself, on x86_64. */
	{ "uretprobe", X86_64(335) }, /* 6.11 */
	{ "uprobe", X86_64(336) },    /* 6.18 */
};

int newer_number(const char *name)
{
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++) {
		if (!strcmp(newer[i].name, name))
			return newer[i].nr;
	}
	return POLICY_NO_CALL;
}

const char *newer_name(int nr)
{
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++) {
		if (newer[i].nr == nr)
			return newer[i].name;
	}
	return NULL;
}
