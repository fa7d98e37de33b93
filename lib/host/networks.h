/*
 * The networks of the interface that is accounted, as they are now: its
 * addresses may change while the daemon runs.  For the thread that begins
 * dumps and saves; networks_set() is for all.
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include <stdbool.h>

struct networks;
struct nets;

/* Looks at the interface.  NULL with errno if it cannot. */
struct networks	*networks_open(const char *ifname);
void		 networks_close(struct networks *);

/*
 * Look again; true if they are others than before.  An interface that is
 * away, or a system that cannot be asked now, changes nothing.
 */
bool		 networks_update(struct networks *);

/* The set; one that was returned before stays valid until networks_close(). */
const struct nets *networks_set(const struct networks *);

/*
 * As text, "10.0.0.0/8 fd00::/8", at most BLOCK_TEXT_MAX octets: always at
 * the same place, which changes only in networks_update().
 */
const char	*networks_text(const struct networks *);

#endif
