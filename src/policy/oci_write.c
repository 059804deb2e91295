/* A policy as OCI JSON. May only write to the stream it is given; only names of calls and numbers
 * go there, which need no quoting. */
#include "oci.h"

#include "chain.h"
#include "cube.h"
#include "log.h"
#include "names.h"

#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

/* libseccomp's negative numbers of foreign calls; names.c knows how far they go. */
enum { FOREIGN_FIRST = -10999 };

struct writer {
	const struct policy *policy;
	const struct chains *chains;
	FILE *to;
	bool any; /* an entry is written: a comma comes before the next */
};

static const char *action_name(struct policy_action action)
{
	switch (action.act) {
	case POLICY_ALLOW:
		return "SCMP_ACT_ALLOW";
	case POLICY_LOG:
		return "SCMP_ACT_LOG";
	case POLICY_ERRNO:
		return "SCMP_ACT_ERRNO";
	case POLICY_TRAP:
		return "SCMP_ACT_TRAP";
	case POLICY_KILL:
		break;
	}
	return "SCMP_ACT_KILL_PROCESS";
}

static void write_action(struct writer *w, const char *member, const char *ret,
			 struct policy_action action)
{
	(void)fprintf(w->to, "\"%s\": \"%s\"", member, action_name(action));
	if (action.act == POLICY_ERRNO)
		(void)fprintf(w->to, ", \"%s\": %d", ret, action.error);
}

static void begin_entry(struct writer *w, struct policy_action action)
{
	(void)fprintf(w->to, "%s\n\t\t{ ", w->any ? "," : "");
	write_action(w, "action", "errnoRet", action);
	w->any = true;
}

static void write_cube(struct writer *w, const struct cube *cube)
{
	const char *comma = "";

	(void)fputs(", \"args\": [", w->to);
	for (unsigned i = 0; i < POLICY_ARGS; i++) {
		if (!cube->mask[i])
			continue;
		(void)fprintf(w->to, "%s{ \"index\": %u, ", comma, i);
		if (cube->mask[i] == UINT64_MAX)
			(void)fprintf(w->to, "\"value\": %" PRIu64 ", \"op\": \"SCMP_CMP_EQ\" }",
				      cube->value[i]);
		else
			(void)fprintf(w->to,
				      "\"value\": %" PRIu64 ", \"valueTwo\": %" PRIu64
				      ", \"op\": \"SCMP_CMP_MASKED_EQ\" }",
				      cube->mask[i], cube->value[i]);
		comma = ", ";
	}
	(void)fputc(']', w->to);
}

static void write_cubes(struct writer *w, int nr, const struct cubes *cubes,
			struct policy_action action)
{
	/* What nothing says anything about is what the profile's default is for. */
	if (policy_same_action(&action, &w->policy->unknown))
		return;
	for (size_t i = 0; i < cubes->n; i++) {
		begin_entry(w, action);
		(void)fprintf(w->to, ", \"names\": [\"%s\"]", policy_call_name(nr));
		write_cube(w, &cubes->cube[i]);
		(void)fputs(" }", w->to);
	}
}

/* The n-th rule of a call, or behind them what holds else. */
static int write_rule(struct writer *w, const struct chain *chain, size_t n)
{
	bool last = n == chain->nrules;
	struct policy_action action = last ? chain->last : chain->rule[n]->action;
	struct cubes cubes = { 0 };
	int err = cubes_answered(&cubes, chain->rule, chain->nrules, n, &action);

	if (!err)
		write_cubes(w, chain->nr, &cubes, action);
	cubes_finish(&cubes);
	return err;
}

static int write_chain(struct writer *w, const struct chain *chain)
{
	int err = 0;

	for (size_t i = 0; i <= chain->nrules && !err; i++)
		err = write_rule(w, chain, i);
	if (err == -E2BIG)
		log_error("cannot write the rules of %s as OCI JSON, which has no order: they "
			  "would be more "
			  "than %d separate ones",
			  policy_call_name(chain->nr), CUBES_MAX);
	return err;
}

/* An entry without args beats every other one; all calls of one action are one entry. */
static bool is_plain(const struct writer *w, int nr, struct policy_action *action)
{
	const struct chain *chain = chains_find(w->chains, nr);

	if (!policy_call_name(nr) || !policy_knows(w->policy, nr) || (chain && chain->nrules))
		return false;
	*action = chain ? chain->last : w->policy->otherwise;
	return !policy_same_action(action, &w->policy->unknown);
}

static void write_plain(struct writer *w, int first, struct policy_action action, bool *done)
{
	struct policy_action of_call;

	begin_entry(w, action);
	(void)fputs(", \"names\": [", w->to);
	for (int nr = first; nr < POLICY_NUMBERS; nr++) {
		if (!is_plain(w, nr, &of_call) || !policy_same_action(&of_call, &action))
			continue;
		(void)fprintf(w->to, "%s\n\t\t\t\"%s\"", nr == first ? "" : ",",
			      policy_call_name(nr));
		done[nr - FOREIGN_FIRST] = true;
	}
	(void)fputs("\n\t\t] }", w->to);
}

static int write_syscalls(struct writer *w)
{
	bool done[POLICY_NUMBERS - FOREIGN_FIRST] = { false };
	struct policy_action action;
	int err = 0;

	for (int nr = w->policy->narchs ? FOREIGN_FIRST : 0; nr < POLICY_NUMBERS; nr++) {
		if (!done[nr - FOREIGN_FIRST] && is_plain(w, nr, &action))
			write_plain(w, nr, action, done);
	}
	for (size_t i = 0; i < w->chains->nchains && !err; i++) {
		if (w->chains->chain[i].nrules)
			err = write_chain(w, &w->chains->chain[i]);
	}
	return err;
}

static const struct {
	uint32_t arch;
	const char *name;
} archs[] = {
	{ SCMP_ARCH_X86_64, "X86_64" },
	{ SCMP_ARCH_X86, "X86" },
	{ SCMP_ARCH_X32, "X32" },
	{ SCMP_ARCH_AARCH64, "AARCH64" },
	{ SCMP_ARCH_ARM, "ARM" },
	{ SCMP_ARCH_PPC64LE, "PPC64LE" },
	{ SCMP_ARCH_PPC64, "PPC64" },
	{ SCMP_ARCH_PPC, "PPC" },
	{ SCMP_ARCH_S390X, "S390X" },
	{ SCMP_ARCH_S390, "S390" },
	{ SCMP_ARCH_RISCV64, "RISCV64" },
	{ SCMP_ARCH_MIPS64, "MIPS64" },
	{ SCMP_ARCH_MIPS, "MIPS" },
	{ SCMP_ARCH_MIPSEL64, "MIPSEL64" },
	{ SCMP_ARCH_MIPSEL, "MIPSEL" },
	{ SCMP_ARCH_MIPS64N32, "MIPS64N32" },
	{ SCMP_ARCH_MIPSEL64N32, "MIPSEL64N32" },
};

static void write_arch(struct writer *w, uint32_t arch, const char *before)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
		if (archs[i].arch == arch)
			(void)fprintf(w->to, "%s\"SCMP_ARCH_%s\"", before, archs[i].name);
	}
}

int policy_write_oci(const struct policy *policy, FILE *to)
{
	struct chains chains;
	struct writer w = { policy, &chains, to, false };
	int err;

	chains_make(&chains, policy);
	(void)fputs("{\n\t", to);
	write_action(&w, "defaultAction", "defaultErrnoRet", policy->unknown);
	(void)fputs(",\n\t\"architectures\": [", to);
	write_arch(&w, seccomp_arch_native(), "");
	for (unsigned i = 0; i < policy->narchs; i++)
		write_arch(&w, policy->arch[i], ", ");
	(void)fputs("],\n\t\"syscalls\": [", to);
	err = write_syscalls(&w);
	(void)fputs("\n\t]\n}\n", to);
	chains_finish(&chains);
	return err ? err : ferror(to) ? -EIO : 0;
}
