/*
 * The present networks of the accounted interface, whose addresses may change
 * while the daemon runs.
 *
 *	open -> [fd, update, set, text]* -> close
 *
 * Only the thread that starts dumps and saves may call these functions; any
 * thread may call networks_set().
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include <stdbool.h>
#include <stddef.h>

struct networks;
struct nets;
struct once;

/*
 * Read the networks of the interface, or of all interfaces if it is `any'.  If
 * `given' is not NULL, these are the networks, and they never change.  once:
 * also find out which frames are repetitions.  ifname and `given' are borrowed
 * until networks_close().  Open before entering a sandbox.  Returns NULL with
 * errno on failure.
 */
struct networks	*networks_open(const char *ifname,
		    const struct nets *given, bool once);
void		 networks_close(struct networks *);

/*
 * Readable when networks_update() is to be called; -1 if there are no
 * notifications.  Must the caller call it now and then instead?
 */
int		 networks_fd(const struct networks *);
bool		 networks_must_poll(const struct networks *);

/*
 * Read the networks again; true if they have changed, apart from link-local
 * ones.  If the interface is missing or has no address now, or the networks
 * cannot be read, nothing changes: what is left to pass belongs to its last
 * ones.
 */
bool		 networks_update(struct networks *);

/* What networks_update() keeps up to date, or NULL; see once.h. */
struct once	*networks_once(const struct networks *);

/* The present set.  All sets stay valid until networks_close(). */
const struct nets *networks_set(const struct networks *);

/*
 * The networks as text, "10.0.0.0/8 fd00::/8", at most BLOCK_TEXT_MAX bytes
 * with the NUL; "" if there are none but link-local ones.  The pointer is
 * always the same; only networks_update() changes the text.
 */
const char	*networks_text(const struct networks *);

/*
 * Are the networks of two such texts so different that rows of one must not be
 * judged by the other?  Not if one has none, nor by link-local ones.
 */
bool		 networks_differ(const char *a, const char *b);

/*
 * Add the networks of the text `more' to the text of len octets.  Without
 * memory the text stays as it is.
 */
void		 networks_join(char *text, size_t len, const char *more);

#endif
