/* Landlock by its bare system calls. May open what the rules name, by path alone. */
#include "ruleset.h"

#include "best_effort.h"
#include "dest.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2, MISSING = 256 };

/* <linux/landlock.h> as of version 6. The kernel takes any length that it knows, and a longer one
 * if the rest is zero. */
struct ruleset_attr {
	uint64_t files, net, scopes;
};

struct path_beneath_attr {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));

struct net_port_attr {
	uint64_t allowed, port;
};

unsigned ruleset_abi(int *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

	if (abi > 0)
		return (unsigned)abi;
	if (err)
		*err = abi < 0 ? -errno : -ENOSYS;
	return 0;
}

static int add_path(int ruleset, const struct landlock_path *rule, unsigned abi, bool inside)
{
	struct path_beneath_attr attr;
	struct stat st;
	int fd = inside && *rule->path == '/' ? dest_open_inside(rule->path, O_PATH)
					      : sys_open(rule->path, O_PATH);
	int err;

	if (fd < 0 && rule->maybe)
		return 0;
	if (fd < 0)
		return log_errno(fd, "cannot let the agent use %s by Landlock", rule->path);
	err = fstat(fd, &st) < 0 ? -errno : 0;
	attr = (struct path_beneath_attr){ landlock_allowed(rule->use, S_ISDIR(st.st_mode), abi),
					   fd };
	if (!err && syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0) < 0)
		err = -errno;
	(void)close(fd);
	return err ? log_errno(err, "cannot let the agent use %s by Landlock%s", rule->path,
			       err == -EBADFD ? " (it is in no file system that is mounted)" : "")
		   : 0;
}

static int add_ports(int ruleset, const struct landlock_ports *ports, enum landlock_net net)
{
	for (unsigned i = 0; i < ports->n; i++) {
		const struct net_port_attr attr = { UINT64_C(1) << net, ports->port[i] };

		if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &attr, 0) < 0)
			return log_errno(-errno,
					 "cannot let the agent use TCP port %u by Landlock%s",
					 ports->port[i],
					 errno == EAFNOSUPPORT ? " (the kernel has no TCP)" : "");
	}
	return 0;
}

static int add_rules(int ruleset, const struct spec_landlock *landlock, unsigned abi, bool inside,
		     uint64_t nets)
{
	int err = 0;

	for (unsigned i = 0; i < landlock->npaths && !err; i++)
		err = add_path(ruleset, &landlock->path[i], abi, inside);
	for (unsigned net = 0; net < LANDLOCK_NETS && !err && nets; net++)
		err = add_ports(ruleset, &landlock->net[net], net);
	return err;
}

/* What isn't asked for isn't touched: a path denies all others, a port those of its kind. */
static int make(struct spec_landlock *landlock, unsigned abi, bool inside)
{
	struct ruleset_attr attr = { .files = landlock->npaths ? landlock_deniable(abi) : 0 };
	int ruleset, err;

	for (unsigned net = 0; net < LANDLOCK_NETS && abi >= 4; net++)
		attr.net |= (uint64_t)landlock->net[net].given << net;
	if (abi >= 6)
		attr.scopes = landlock->scopes;
	if (!attr.files && !attr.net && !attr.scopes)
		return 0;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
			       abi >= 6   ? sizeof(attr)
			       : abi >= 4 ? offsetof(struct ruleset_attr, scopes)
					  : offsetof(struct ruleset_attr, net),
			       0);
	if (ruleset < 0)
		return log_errno(-errno, "cannot make a Landlock ruleset");
	err = add_rules(ruleset, landlock, abi, inside, attr.net);
	if (err)
		(void)close(ruleset);
	else
		landlock->ruleset = ruleset;
	return err;
}

static const char *why_none(int err)
{
	return err == -EOPNOTSUPP ? "Landlock is switched off (boot with lsm=landlock,...)"
	       : err == -ENOSYS   ? "there is no Landlock (Linux 5.13, or a filter around us)"
				  : "Landlock can't be asked for";
}

int ruleset_make(struct spec *spec)
{
	struct spec_landlock *landlock = spec->run.confine.landlock;
	const bool allowed = spec->run.best_effort & BEST_LANDLOCK;
	const bool inside = spec->verb == VERB_RUN && !spec->run.walled;
	char missing[MISSING], which[64];
	int err = 0;
	unsigned abi = ruleset_abi(&err);

	/* Without it nothing would be left of that. */
	if (!abi && spec->run.walled) {
		log_error("--backend=landlock: %s", why_none(err));
		return err;
	}
	(void)snprintf(which, sizeof(which), "this kernel's Landlock has version %u", abi);
	if (landlock_missing(landlock, abi, missing, sizeof(missing))) {
		if (!allowed) {
			log_error("cannot keep the agent from %s: %s (--best-effort landlock does "
				  "without)",
				  missing, abi ? which : why_none(err));
			return -EOPNOTSUPP;
		}
		spec->run.not_enforced |= BEST_LANDLOCK;
		log_warn("the agent isn't kept from %s, as --best-effort allows: %s", missing,
			 abi ? which : why_none(err));
	}
	return abi ? make(landlock, abi, inside) : 0;
}

int ruleset_enter(const struct spec_landlock *landlock)
{
	if (!landlock || landlock->ruleset < 0 ||
	    syscall(SYS_landlock_restrict_self, landlock->ruleset, 0) == 0)
		return 0;
	return log_errno(-errno, "cannot obey the Landlock ruleset%s",
			 errno == EPERM   ? " (without no_new_privs only CAP_SYS_ADMIN may)"
			 : errno == E2BIG ? " (16 are in force already)"
					  : "");
}
