/*
 * Linux: CAP_NET_RAW can be kept, so that an interface can be opened again
 * after it was missing, and CAP_DAC_OVERRIDE for one directory, to which the
 * sandbox confines it.  All other capabilities are dropped, from the bounding
 * set, too.  Without capabilities, uid 0 is a user who owns many files.
 */
#include "config.h"

#include <sys/prctl.h>
#include <cap-ng.h>
#include <errno.h>

#include "privs.h"

bool
privs_can_keep(enum privs_right right)
{
	return (right != PRIVS_NONE);
}

const char *
privs_of_root(void)
{
	return ("of its capabilities at most CAP_NET_RAW is kept");
}

bool
privs_can_give(void)
{
	return (capng_get_caps_process() == 0 &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_CHOWN));
}

/* Keep the capability, if the process has it. */
static int
keep_one(unsigned int capability, bool had)
{
	return (had ? capng_update(CAPNG_ADD, CAPNG_EFFECTIVE |
	    CAPNG_PERMITTED, capability) : 0);
}

int
privs_change(const struct identity *who, enum privs_right keep)
{
	bool	raw, files;
	int	flags = 0;

	/*
	 * Ambient capabilities, with which a service manager or a container
	 * starts a user who is not root, would be given to programs that are
	 * executed, and libcap-ng cannot drop others beside them.  An old
	 * kernel has none.
	 */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* A service manager may have dropped some capabilities already. */
	if (capng_get_caps_process() != 0) {
		errno = EPERM;
		return (-1);
	}
	raw = keep != PRIVS_NONE &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW);
	files = keep == PRIVS_CAPTURE_AND_FILES &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE);
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID))
		flags |= CAPNG_DROP_SUPP_GRP;
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		flags |= CAPNG_CLEAR_BOUNDING;
	capng_clear(CAPNG_SELECT_BOTH);
	if (keep_one(CAP_NET_RAW, raw) != 0 ||
	    keep_one(CAP_DAC_OVERRIDE, files) != 0 ||
	    capng_change_id((int)who->uid, (int)who->gid,
	    (capng_flags_t)flags) != 0) {
		errno = EPERM;
		return (-1);
	}
	return (0);
}
