/* sandbox.h - the parts of a spec that only a sandbox has. Plain data, one struct per stage. */
#ifndef SPEC_SANDBOX_H
#define SPEC_SANDBOX_H

#include "landlock.h"
#include "limit.h"
#include "netmode.h"
#include "ops.h"
#include "wall.h"

struct key;

/* Kinds of namespaces, in the order of the names in namespaces.c. */
enum ns_kind { NS_USER, NS_MNT, NS_PID, NS_NET, NS_IPC, NS_UTS, NS_CGROUP, NS_TIME, NS_KINDS };

enum {
	SANDBOX_MAPS = 340, /* the most the kernel takes */
	SANDBOX_KEEP = 64,
	SANDBOX_ENV = 512,
	SANDBOX_LOCKS = 16
};

struct spec_ns {
	unsigned unshare;           /* bit per kind */
	unsigned try_;              /* ... which may be missing */
	const char *join[NS_KINDS]; /* PID or path; NULL: none */
	int join_fd[NS_KINDS];      /* or a descriptor; -1: none */
	int userns2;                /* entered after the set-up; -1: none */
	bool late_time;             /* made by PID 1, for the agent alone */
	bool offsets;
	int64_t monotonic_ns, boottime_ns; /* of the time namespace */
	bool disable_userns, disable_userns_given, assert_userns_disabled;
};

struct idmap {
	unsigned inside, outside, count;
};

struct spec_ids {
	bool uid_given, gid_given;
	unsigned uid, gid; /* inside */
	bool not_mapped;   /* we aren't; then getuid(2) is the number of somebody else */
	struct idmap *uid_map, *gid_map; /* room for SANDBOX_MAPS each */
	unsigned nuid_maps, ngid_maps;
	bool groups_shown; /* as root, without being asked: the caller's groups are mapped, too */
	bool map_auto;     /* all of /etc/subuid and /etc/subgid, too */
};

enum tty_mode { TTY_PTY, TTY_INHERIT, TTY_NEW_SESSION };

/* What the agent loses, or keeps. All zero is a sandbox's; see spec_confine_nothing(). */
struct spec_confine {
	uint64_t caps;       /* bit per capability that it keeps, of those that there are */
	uint64_t caps_named; /* those that have to be there */
	/* Those that are kept on purpose: what a policy allows for one. An init takes none away
	 * unless asked to, and what a policy gives for them isn't what was asked for by that; a
	 * machine's couldn't compile it either. */
	uint64_t caps_asked;
	bool caps_exactly;         /* --cap-keep was given */
	bool gain_privileges;      /* no no_new_privs */
	bool privileges_given;     /* said so, or the contrary */
	bool keep_keyring;         /* the caller's session keyring */
	bool inherit_fds;          /* all of them */
	bool keep_rights;          /* bwrap as root, init: no capability is taken away */
	int keep_fd[SANDBOX_KEEP]; /* besides 0 to 2, ascending */
	unsigned nkeep_fd;
	const char *exec_label, *file_label;
	uint64_t nofile_soft, nofile_hard; /* as found, where the launcher needed more; 0: leave */
	struct spec_traits traits;
	struct spec_user *user;         /* NULL: nobody else than PID 1 */
	struct spec_landlock *landlock; /* NULL: no rules */
};

/* An agent that isn't in a sandbox: nothing is taken away. */
void spec_confine_nothing(struct spec_confine *confine);

/* Its rules, none yet unless there are. */
struct spec_landlock *spec_landlock(struct spec_confine *confine);

/* The agent keeps this descriptor. False: no room. */
bool spec_confine_keep(struct spec_confine *confine, int fd);

struct env_change {
	const char *name, *value; /* value NULL: unset; name NULL: forget everything */
};

struct spec_env {
	struct env_change *change; /* room for SANDBOX_ENV */
	unsigned nchanges;
};

/* Descriptors through which a caller follows or steers, -1: none. */
struct spec_status {
	int launcher; /* in PID 1: the socket to it */
	int exec_fd;  /* tells it that the agent is about to be executed, and closes by that */
	int info_fd, json_fd, block_fd, userns_block_fd, sync_fd[SANDBOX_LOCKS];
	unsigned nsync;
	const char *lock[SANDBOX_LOCKS];
	unsigned nlocks;
};

/* Options as they were given, in their order. */
struct given_option {
	const struct key *key;
	const char *word[3];
};

enum { GIVEN_FIRST = 16 };

struct given {
	struct given_option *option;
	struct given_option
		first[GIVEN_FIRST]; /* where option begins, so that few need no memory */
	unsigned n;
};

/* What `cradle run` does. */
struct spec_run {
	bool bwrap;        /* bwrap's starting point, messages and codes */
	bool walled;       /* --backend=landlock: no namespaces */
	unsigned uid, gid; /* the caller's */
	pid_t pid;         /* the launcher's */
	struct given given;
	struct plan plan;
	struct spec_ns ns;
	struct spec_net net;
	struct spec_ids ids;
	struct spec_confine confine;
	struct spec_env env;
	struct spec_limits limits;
	struct spec_status status;
	enum tty_mode tty;
	bool tty_given;
	bool has_terminal;    /* stdin is one */
	bool no_terminal;     /* nor does one control our session */
	bool as_pid_1;        /* no init: the agent is PID 1 itself */
	bool listens;         /* sockets were handed to us (sd_listen_fds(3)) */
	bool die_with_parent; /* the launcher, with whoever started it */
	bool again_on_reboot;
	bool dry_run;
	const char *chdir;
	const char *argv0;
	const char *name; /* of the sandbox */
	/* Where the kernel put our argv, one word after the other (binfmt_elf.c). */
	char *argv_start, *argv_end;
	const char *pwd;       /* where the agent starts, once known */
	unsigned best_effort;  /* enum best_effort: what may be missing */
	unsigned not_enforced; /* ... and is */
};

#endif
