/*
 * The capturer: a thread that owns a meter and the live generation, and only
 * counts packets in that generation's table.
 *
 *	new → start → [freeze | merge | ask_sums → event → take | sums]*
 *	    → finish → event → take → free
 *
 * Freeze: hand over the live generation and continue with an empty one.
 * Merge: add a frozen generation to the live one.  The event loop makes the
 * requests and reads the events from capturer_fd(); no other thread may call
 * these functions.
 */
#ifndef CAPTURER_H
#define CAPTURER_H

#include "host/ifstat.h"
#include "meter/meter.h"
#include "generation.h"

struct capturer;

/* What the capturer reports: each event is one byte on capturer_fd(). */
enum capturer_event {
	CAPTURER_FROZEN = 'F',	/* fetch with capturer_take() */
	CAPTURER_MERGED = 'M',	/* capturer_take() it too, and free it */
	CAPTURER_COUNT = 'C',	/* -c: that many frames have been seen; or
				   the end of a stream */
	CAPTURER_DAMAGED = 'D',	/* the stream ended, and not at its end */
	CAPTURER_LOST = 'L',	/* the interface is missing; no reopening */
	CAPTURER_SUMS = 'G'	/* fetch with capturer_sums() */
};

/* Its counters at one moment. */
struct live_sums {
	struct ledger	 ledger;	/* of the live generation */
	uint64_t	 begin_ns;	/* likewise; UTC since 1970 */
	int64_t		 shifted_ns;	/* clock set since the daemon's start */
	uint64_t	 merges;	/* merge requests begun so far */
	size_t		 rows;
	size_t		 memory;	/* bytes of the table */
	uint64_t	 frames;	/* since the daemon's start */
	uint64_t	 packets;
	uint64_t	 bytes;		/* IP bytes */
	uint64_t	 freezes;
	uint64_t	 freeze_last_ns;	/* how long counting paused */
	uint64_t	 freeze_worst_ns;
	const char	*link_name;	/* static */
	const char	*source_name;	/* static */
	uint64_t	 buffer;	/* as meter_buffer() */
	struct protostat proto;		/* since the source was opened */
	bool		 proto_known;
	bool		 away;		/* the interface is missing */
	bool		 down;		/* it exists, but is down */
};

/*
 * Ownership of the source and the generation passes to the capturer; ifname
 * and the ifwatch are borrowed until capturer_free().  If the interface is
 * lost, or absent from the beginning, and `reopen' is set, the source is
 * opened once the interface is there; without `reopen' the capturer reports
 * CAPTURER_LOST, of an absent interface only when it is there.  If the source
 * is a stream, ifname is its name, and the ifwatch is NULL.  Returns NULL
 * with errno; the caller then still owns both.
 */
struct capturer	*capturer_new(struct meter *, const char *ifname,
		    struct ifwatch *, struct generation *, bool reopen);

/*
 * Start the thread; all signals are blocked in it.  Returns 0, or -1 with
 * errno.
 */
int		 capturer_start(struct capturer *);

/* The non-blocking descriptor to read events from: one byte each. */
int		 capturer_fd(const struct capturer *);

/*
 * Request a freeze: the live generation is handed over, with all packets that
 * the kernel holds at this moment, and counting continues in `fresh', whose
 * ownership passes to the capturer.  One request at a time: make the next one
 * only after the event of this one has been read.
 */
void		 capturer_freeze(struct capturer *, struct generation *fresh);

/* The same at once: packets that the kernel still holds go to `fresh'. */
void		 capturer_freeze_now(struct capturer *,
		    struct generation *fresh);

/*
 * The same with what came before that time, which has just passed, in
 * nanoseconds since 1970 UTC; later packets go to `fresh'.  A source that does
 * not know the times of its packets (threads) may be a moment late.
 */
void		 capturer_freeze_at(struct capturer *,
		    struct generation *fresh, uint64_t at_ns);

/*
 * Request the sums of the live generation, which is not changed by this.  It
 * may be requested while another request is served, but only once at a time.
 * The event is CAPTURER_SUMS; capturer_sums() then copies the sums.
 */
void		 capturer_ask_sums(struct capturer *);
void		 capturer_sums(struct capturer *, struct live_sums *);

/*
 * Request a merge of a frozen generation, whose ownership passes to the
 * capturer, into the live one.
 */
void		 capturer_merge(struct capturer *, struct generation *frozen);

/*
 * Request the end: count what the kernel still holds, freeze without a new
 * generation and end the thread.  The event is CAPTURER_FROZEN.
 */
void		 capturer_finish(struct capturer *);

/*
 * The generation of the last event, CAPTURER_FROZEN or CAPTURER_MERGED;
 * ownership passes to the caller.
 */
struct generation *capturer_take(struct capturer *);

/*
 * For captures of any kind, log: that one is damaged after so many frames
 * (why: meter_error()); which of its link types is not supported, if any; that
 * there were no frames, or none with a time.
 */
void		 capturer_log_damage(const char *file, uint64_t frames,
		    const char *error);
void		 capturer_log_links(const char *file, const struct meter *);
void		 capturer_log_nothing(const char *file);
void		 capturer_log_untimed(const char *file);

/*
 * If the thread was started, call this only after capturer_finish() and its
 * event: it waits for the end of the thread.
 */
void		 capturer_free(struct capturer *);

#endif
