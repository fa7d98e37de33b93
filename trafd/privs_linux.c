/*
 * Linux: CAP_NET_RAW stays, so that an interface which went away can be
 * opened again; everything else goes, from the bounding set too.
 */
#include "config.h"

#include <cap-ng.h>
#include <errno.h>

#include "privs.h"

int
privs_change(const struct identity *who)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
	    CAP_NET_RAW) != 0 ||
	    capng_change_id((int)who->uid, (int)who->gid,
	    CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) != 0) {
		errno = EPERM;
		return (-1);
	}
	return (0);
}
