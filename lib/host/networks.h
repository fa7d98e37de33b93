/*
 * The present networks of the accounted interface, whose addresses may change
 * while the daemon runs.
 *
 *	open -> [update, set, text]* -> close
 *
 * Only the thread that starts dumps and saves may call these functions; any
 * thread may call networks_set().
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include <stdbool.h>

struct networks;
struct nets;

/*
 * Read the networks of the interface.  ifname is borrowed until
 * networks_close().  Returns NULL with errno on failure.
 */
struct networks	*networks_open(const char *ifname);
void		 networks_close(struct networks *);

/*
 * Read the networks again; true if they have changed.  If the interface is
 * missing or the networks cannot be read now, nothing changes.
 */
bool		 networks_update(struct networks *);

/* The present set.  All sets stay valid until networks_close(). */
const struct nets *networks_set(const struct networks *);

/*
 * The networks as text, "10.0.0.0/8 fd00::/8", at most BLOCK_TEXT_MAX bytes
 * with the NUL.  The pointer is always the same; only networks_update() changes
 * the text.
 */
const char	*networks_text(const struct networks *);

#endif
