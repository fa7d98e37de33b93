/*
 * The capturer: a thread that owns a meter and the live generation, and does
 * nothing but fill its table.
 *
 *	new → start → [freeze | merge | ask_sums → event → take | sums]*
 *	    → finish → event → take → free
 *
 * Freeze means: hand over the table and go on with this empty one.  Merge
 * means: take this table back.  The event loop makes the requests and reads
 * the events from capturer_fd(); no other thread may call these functions.
 */
#ifndef CAPTURER_H
#define CAPTURER_H

#include "host/ifstat.h"
#include "meter/meter.h"
#include "generation.h"

struct capturer;

/* What the capturer reports; each is one octet on its descriptor. */
enum capturer_event {
	CAPTURER_FROZEN = 'F',	/* fetch with capturer_take() */
	CAPTURER_MERGED = 'M',	/* done; fetch the empty shell likewise */
	CAPTURER_COUNT = 'C',	/* -c: count frames have been seen */
	CAPTURER_LOST = 'L',	/* the interface is gone, and not reopened */
	CAPTURER_SUMS = 'G'	/* fetch with capturer_sums() */
};

/* What it counts at one instant. */
struct live_sums {
	struct ledger	 ledger;	/* of the live generation */
	uint64_t	 begin_ns;	/* of it */
	uint64_t	 merges;	/* merges that are in it */
	size_t		 rows;
	size_t		 memory;	/* octets of the table */
	uint64_t	 frames;	/* since the daemon's start */
	uint64_t	 packets;
	uint64_t	 bytes;		/* IP bytes */
	uint64_t	 freezes;
	uint64_t	 freeze_last_ns;	/* how long capture paused */
	uint64_t	 freeze_worst_ns;
	const char	*link_name;	/* static */
	struct protostat proto;		/* since the source was opened */
	bool		 proto_known;
	bool		 away;
	bool		 down;
};

/*
 * Takes over the source and the generation; ifname and stat are borrowed for
 * its life.  When the interface goes away the source is opened anew as soon
 * as it is back, or, without `reopen', ends with CAPTURER_LOST.  NULL with
 * errno.
 */
struct capturer	*capturer_new(struct meter *, const char *ifname,
		    struct ifwatch *, struct generation *, bool reopen);

/* Start the thread: all signals are blocked in it.  0, or -1 with errno. */
int		 capturer_start(struct capturer *);

/* Where its events are read: one octet each. */
int		 capturer_fd(const struct capturer *);

/*
 * Ask it to freeze and go on with `fresh' (taken over).  One request at a
 * time: the next one only after its event has been read.
 */
void		 capturer_freeze(struct capturer *, struct generation *fresh);

/*
 * The same, but at once: without the packets that the kernel still holds
 * back.
 */
void		 capturer_freeze_now(struct capturer *,
		    struct generation *fresh);

/*
 * Ask for a look at the live generation, beside all other requests; it
 * stays as it is.  One at a time.
 */
void		 capturer_ask_sums(struct capturer *);
void		 capturer_sums(struct capturer *, struct live_sums *);

/* Ask it to take a frozen generation (taken over) back into the live one. */
void		 capturer_merge(struct capturer *, struct generation *frozen);

/*
 * Ask it to count what the kernel still holds, freeze and end its thread;
 * the event is CAPTURER_FROZEN.
 */
void		 capturer_finish(struct capturer *);

/* What the last event was about; owned by the caller. */
struct generation *capturer_take(struct capturer *);

/* After capturer_finish() and its event. */
void		 capturer_free(struct capturer *);

#endif
