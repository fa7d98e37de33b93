/*
 * Frames of an interface through a ring of our own, packet(7): TPACKET_V3 with
 * PACKET_VNET_HDR, which tells of each frame how many packets segmentation
 * offload has joined in it.  libpcap does not ask for that.  Linux only.
 *
 *	open -> [fd, next, drops]* -> close
 *	if next returns -1: -> reopen until it succeeds, then as before
 *
 * One thread at a time.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/frame.h"
#include "frames_opts.h"

struct ring;

/*
 * Open the interface of the options, which are borrowed until ring_close().
 * The filter is attached before the first frame comes in.  NULL with a message
 * in err[FRAMES_ERRLEN], also if this link type or filter needs libpcap.  If
 * the interface is missing and may come (opts->wait), the ring is as after a
 * failed ring_reopen().
 */
struct ring	*ring_open(const struct frames_opts *, char *err);
void		 ring_close(struct ring *);		/* NULL is allowed */

/*
 * As frames_reopen().  After a failure only ring_reopen(), ring_fd() and
 * ring_close() may be called.
 */
int		 ring_reopen(struct ring *, char *err);

/*
 * Have a new ring take the place of one that refuses.  What the former has got
 * is still read; *gap_ns is the time for which neither got a frame.  The
 * function attaches another filter to a socket; NULL: that of the options.
 * After a failure only what is allowed after one of ring_reopen().
 */
typedef int	 ring_filter_fn(void *arg, int fd, char *err);
int		 ring_succeed(struct ring *r, ring_filter_fn *fn, void *arg,
		    uint64_t *gap_ns, char *err);

/* The descriptor to poll; -1: reopening has failed. */
int		 ring_fd(const struct ring *);

/* Milliseconds after which to read it in any case; -1: never. */
int		 ring_wait(const struct ring *);

/*
 * The link type, a DLT_ number, with opts->each that of the last frames, and
 * the interface's index (0: none).
 */
int		 ring_link(const struct ring *);
unsigned int	 ring_index(const struct ring *);

/* Bytes of the ring. */
uint64_t	 ring_buffer(const struct ring *);

/*
 * The next frames, at most `most' > 0, of one link type and complete in all
 * members.
 * Returns how many, 0 if none is ready, or -1 with errno: the interface is
 * gone or down.  Octets are valid until the next call.
 */
int		 ring_next(struct ring *, struct frame *, int most);

/* Frames that the kernel has dropped since the last call. */
uint64_t	 ring_drops(struct ring *);

/*
 * Do the frames tell how many packets they stand for?  No longer after the
 * kernel has dropped frames that it has no words for, such as joined ones of
 * SCTP: ring_refuses() is true until the ring is opened again, which then gets
 * them as libpcap does.
 */
bool		 ring_knows_segments(const struct ring *);
bool		 ring_refuses(const struct ring *);

#endif
