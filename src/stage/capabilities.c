/* capabilities(7). Runs in the child, whose memory may still be PID 1's. May change nothing but the
 * sets and the securebits of the calling process. */
#include "capabilities.h"

#include "capability.h"
#include "log.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static int set(uint64_t usable, uint64_t inheritable)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const uint32_t low = (uint32_t)usable, high = (uint32_t)(usable >> 32);
	const struct __user_cap_data_struct data[2] = {
		{ low, low, (uint32_t)inheritable }, { high, high, (uint32_t)(inheritable >> 32) }
	};

	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

static uint64_t permitted(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	(void)syscall(SYS_capget, &head, data);
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

int capabilities_raise(void)
{
	return set(permitted(), 0);
}

/* What an executed file may give. Takes CAP_SETPCAP; who hasn't got that and has no_new_privs gains
 * nothing by executing, whatever this set holds. */
static int bound(uint64_t keep, bool no_new_privs)
{
	for (unsigned i = 0; i < 64; i++) {
		if ((keep & BIT(i)) || prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		/* The first that this kernel doesn't know. */
		if (errno == EINVAL)
			break;
		if (errno == EPERM && no_new_privs)
			break;
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 0)
			continue;
		return log_errno(-errno, "cannot drop %s from what executed files may give%s",
				 capability_name(i) ? capability_name(i) : "a capability",
				 errno == EPERM ? " (that takes CAP_SETPCAP; --no-new-privs makes "
						  "up for it)"
						: "");
	}
	return 0;
}

/* Whoever keeps some has them by these sets and by nothing else: no set-up of his gives root's id
 * its magic back, or keeps them over a change of it. Root himself lives by that magic, and his
 * daemons keep capabilities while they change to another user. */
static int lock(bool root)
{
	const unsigned wanted =
		root ? SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED
		     : SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |
				SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
				SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	const int now = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	const unsigned locks = (unsigned)now & SECURE_ALL_LOCKS;
	const unsigned kept = (unsigned)now & (locks | locks >> 1);

	if (now < 0)
		return -errno;
	/* What is locked from outside stays. */
	return prctl(PR_SET_SECUREBITS, kept | (wanted & ~(locks >> 1)), 0, 0, 0) < 0 ? -errno : 0;
}

static int raise_ambient(uint64_t keep)
{
	for (unsigned i = 0; i < 64; i++) {
		if ((keep & BIT(i)) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0 &&
		    errno != EINVAL)
			return log_errno(-errno, "cannot keep %s",
					 capability_name(i) ? capability_name(i) : "a capability");
	}
	return 0;
}

/* Ambient ones must be permitted and inheritable; securebits, which then forbid further ones, take
 * CAP_SETPCAP, which may have to go. Who hasn't got it can't change them either. What root is left
 * with needs not be ambient, and what is inheritable would go on to those he becomes. */
static int keep_some(uint64_t keep, uint64_t have, uint64_t named)
{
	const uint64_t help = have & BIT(CAP_SETPCAP);
	const bool root = geteuid() == 0;
	const uint64_t ambient = root ? keep & named : keep;
	int err = set(keep | help, ambient);

	if (err)
		return log_errno(err, "cannot set the capabilities");
	err = raise_ambient(ambient);
	if (err)
		return err;
	err = help ? lock(root) : 0;
	if (err)
		return log_errno(err, "cannot lock the securebits");
	err = help & ~keep ? set(keep, ambient) : 0;
	return err ? log_errno(err, "cannot set the capabilities") : 0;
}

static int check_ours(uint64_t asked, uint64_t have)
{
	for (unsigned i = 0; i < 64; i++) {
		if (!(asked & ~have & BIT(i)))
			continue;
		log_error("cannot keep %s: it isn't ours to give (see CapPrm in /proc/self/status)",
			  capability_name(i));
		return -EPERM;
	}
	return 0;
}

/* The bounding set first, as that takes CAP_SETPCAP. Nothing is inheritable that isn't ambient
 * (CVE-2022-24769). */
int capabilities_keep(const struct spec_confine *confine)
{
	const uint64_t have = confine->caps ? permitted() : 0, keep = confine->caps & have;
	int err = check_ours(confine->caps & confine->caps_named, have);

	if (!err)
		err = bound(keep, !confine->gain_privileges);
	if (err)
		return err;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (keep)
		return keep_some(keep, have, confine->caps_named);
	err = set(0, 0);
	return err ? log_errno(err, "cannot give up the capabilities") : 0;
}
