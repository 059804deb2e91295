/* spec.h - everything that was asked for, as plain data. Nothing is touched while it is made.
 *
 * Filled from argv, the kernel command line and the environment through the table in
 * keys.c; checked and completed by spec_finish(). Strings point into argv or into copies made
 * by the front ends, which live as long as the program.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include "cradle.h"
#include "end.h"
#include "net.h"
#include "policies.h"
#include "sandbox.h"
#include "world.h"

#define SPEC_MOUNTS     16
#define SPEC_INTERFACES 8
#define SPEC_REPORTS    4

enum verb { VERB_INIT = 1, VERB_RUN = 2, VERB_ENTER = 4 };

struct spec_mount {
	const char *source, *target, *type; /* type "bind": a bind mount */
	const char *options; /* comma list without nofail, for mount(2) and its flags */
	bool nofail;         /* a failure is a warning */
};

enum report_kind {
	REPORT_FD,
	REPORT_FILE,
	REPORT_KMSG,
	REPORT_VSOCK,
	REPORT_VIRTIO,
	REPORT_ISA_DEBUG_EXIT,
};

struct spec_report {
	enum report_kind kind;
	const char *name;   /* path, or name of the virtio port */
	unsigned cid, port; /* vsock; port is the I/O port of isa-debug-exit */
	int fd;             /* asked for, or opened by report_open(); -1: none yet */
};

/* What PID 1 does before the agent. */
struct spec_enter {
	const char *hostname;
	const char *modules;
	struct spec_mount mount[SPEC_MOUNTS];
	unsigned nmounts;
	const char *net[SPEC_INTERFACES]; /* as given: cradle-net parses the same text */
	unsigned nnets;
	uint64_t nofile_soft, nofile_hard; /* soft 0: leave */
};

struct spec_end {
	enum ending on_success, on_failure;
	bool on_success_given, on_failure_given;
	struct spec_report report[SPEC_REPORTS];
	unsigned nreports;
	bool opened; /* by report_open() */
};

struct spec {
	enum verb verb;
	enum world world;
	struct cradle_config core;
	int keep[CRADLE_KEEP_MAX]; /* core.keep_fd */
	bool leftovers_given, grace_given;
	unsigned verbosity;
	int pdeathsig;
	const char *tell; /* --help, --version or --license, found among the options */
	struct spec_enter enter;
	struct spec_end end;
	struct spec_seccomp seccomp;
	struct spec_run run;
	/* Where the option stands that is being read; file NULL: on our own command line. */
	struct {
		const char *file;
		unsigned line;
		bool words; /* the line is the number of a word */
	} at;
	/* Where in a value a setter found its fault; len 0: all of it. */
	struct {
		const char *word;
		size_t len;
	} bad;
};

/* Where a sandbox of this caller begins. */
void sandbox_init(struct spec *spec, bool bwrap, unsigned uid, unsigned gid);

/* Complete what it is made of, refuse what contradicts itself. 0, or -EINVAL after saying why. */
int sandbox_finish(struct spec *spec);

/* The agent's default policy, and what contradicts the policies. The same. */
int spec_finish_policies(struct spec *spec);

/* The code of a failure of our own: 125, or bwrap's 1. */
int spec_failure(const struct spec *spec);

/* PID 1 keeps this descriptor while it supervises. */
void spec_keep(struct spec *spec, int fd);

/* Complete the defaults of this world. */
void spec_finish(struct spec *spec);

/* Refuse contradictions, once completed. Returns 0, or -EINVAL after saying why. */
int spec_check(const struct spec *spec);

/* What the end will be: the policy, or what was asked for while it ran. */
enum ending spec_ending(const struct spec *spec, const struct cradle_result *result);

#endif
