/*
 * The devices of an account: which MAC address an IP address of the local
 * networks had last.  trafd keeps them next to the save file, in a text file
 * that people can read and edit; reports read it.  The file is untrusted.
 *
 *	new -> [read] -> [note, count, at]* -> [write] -> free
 *
 * One line per address, in the order of addresses:
 *
 *	192.168.1.10 52:54:00:12:34:56 2026-11-21 2026-11-30
 *
 * address, MAC address, and the days (UTC) on which this pair was first and
 * last seen, or `-' if that is not known.  People may leave the days out.
 * Empty lines, and those that start with #, are comments.
 *
 * One thread at a time.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/mac.h"

/* The name of the file: this, and the name of the account. */
#define DEVICES_PREFIX	"devices."
#define DEVICES_MAX	4096		/* entries */
#define DEVICES_SIZE	(1 << 20)	/* octets of a file that is read */

struct device {
	uint8_t		family;		/* as in struct flow_key */
	uint8_t		addr[16];	/* likewise */
	uint8_t		mac[MAC_LEN];
	uint32_t	first;		/* days since 1970 UTC; 0: unknown */
	uint32_t	last;
};

struct devices;

/* NULL with errno. */
struct devices	*devices_new(void);
void		 devices_free(struct devices *);

/*
 * Add the entries of a file; no symbolic link is followed.  Returns 1, or 0 if
 * there is no file, or -1 with errno.  EBADMSG: *line is the first line that
 * is not valid; all valid lines were added.  EFBIG: it is too large, and
 * nothing was added.
 */
int		 devices_read(struct devices *, int dirfd, const char *name,
		    uint64_t *line);

/*
 * The address of *d has been seen with this MAC address on that day.  The
 * newest MAC address counts.  If there is no room, the address that was not
 * seen for the longest time goes; but none that was seen on this day, and none
 * whose day is not known, since people added it.  A MAC address gets only one
 * address more on a day than a device has; see devices_shared().  True if this
 * changed an entry.
 */
bool		 devices_note(struct devices *, const struct device *what,
		    uint32_t day);

/*
 * The same for a capture of that day, which may be read long after: what was
 * seen since then stays.
 */
bool		 devices_note_capture(struct devices *,
		    const struct device *what, uint32_t day);

/*
 * Which entries do not tell a device: entry i if element i of the array is
 * true.  They have a MAC address that had more than MAC_MOST_IP4 or
 * MAC_MOST_IP6 addresses on one day.  Entries without a first or a last day
 * are those of people: they always tell a device, and do not count.  The caller
 * frees the array.  NULL with errno.
 */
bool		*devices_shared(const struct devices *);

size_t		 devices_count(const struct devices *);
const struct device *devices_at(const struct devices *, size_t i);

/*
 * Replace the file, durably; a symbolic link in its place is replaced, not
 * followed.  Returns 0, or -1 with errno.
 */
int		 devices_write(const struct devices *, int dirfd,
		    const char *name);

#endif
