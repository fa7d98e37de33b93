/*
 * Owners in reports.
 */
#ifndef OWNER_TEXT_H
#define OWNER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "owner.h"

/*
 * `nginx.service/www-data/nginx', or `owner:' and its id in digits if it has no
 * name (owners may be NULL).  `docker/0123456789ab/999/postgres' in a container
 * whose unit has its long id.  `numeric': the unit's path, and the uid.  The
 * unit's beginning is left out if len is too short.  Returns buf.
 */
#define OWNER_TEXT_MAX	384	/* always enough */
char	*owner_text(const struct owners *, const uint8_t *id, bool numeric,
	    char *buf, size_t len);

/* `www-data', or the uid if it has no name, or is numeric; `-' without one. */
char	*owner_user_text(const struct owner *, bool numeric,
	    char buf[OWNER_USER_MAX]);

#endif
