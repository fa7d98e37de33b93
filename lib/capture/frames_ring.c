/*
 * The part of frames.h that is about the ring.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attached.h"
#include "frames_impl.h"

static void
note_ring(struct frames *f)
{
	f->link = ring_link(f->ring);
	f->index = ring_index(f->ring);
	f->error[0] = '\0';
}

int
frames_ring_open(struct frames *f, char *err)
{
	if ((f->ring = ring_open(f->opts, err)) == NULL)
		return (-1);
	note_ring(f);
	return (0);
}

int
frames_ring_reopen(struct frames *f, char *err)
{
	if (ring_reopen(f->ring, err) == -1)
		return (-1);
	note_ring(f);
	return (0);
}

int
frames_succeed(struct frames *f, frames_filter_fn *fn, void *arg,
    uint64_t *gap_ns, char *err)
{
	if (ring_succeed(f->ring, fn, arg, gap_ns, err) == -1)
		return (-1);
	note_ring(f);
	return (0);
}

int
frames_wait(const struct frames *f)
{
	return (f->ring == NULL ? -1 : ring_wait(f->ring));
}

/* The ring has no frames, but an error: an interface that is down is none. */
static enum frames_state
ring_error(struct frames *f, int error)
{
	bool	gone = error == ENXIO || error == ENODEV ||
	    !attached_to(ring_fd(f->ring), f->opts->ifname, f->index);

	if (error == ENETDOWN && !gone)
		return (FRAMES_IDLE);
	(void)snprintf(f->error, sizeof(f->error), "%s", gone ?
	    "the interface disappeared" : strerror(error));
	return (gone ? FRAMES_FAILED : FRAMES_TROUBLED);
}

enum frames_state
frames_ring_next(struct frames *f)
{
	struct frame	frames[FRAMES_BATCH];
	int		seen, n;

	for (seen = 0; seen < NEXT_FRAMES; seen += n) {
		n = ring_next(f->ring, frames, f->left < FRAMES_BATCH ?
		    (int)f->left : FRAMES_BATCH);
		if (n == -1)
			return (ring_error(f, errno));
		if (n == 0)
			return (FRAMES_IDLE);
		f->link = ring_link(f->ring);
		frames_note_time(f, frames[0].time_ns);
		frames_note_time(f, frames[n - 1].time_ns);
		f->sink(f->sink_arg, frames, (size_t)n);
		if (frames_count_down(f, n) == FRAMES_END)
			return (FRAMES_END);
	}
	return (FRAMES_MORE);
}

uint64_t
frames_ring_discard(struct frames *f)
{
	struct frame	frames[FRAMES_BATCH];
	uint64_t	most = (uint64_t)NEXT_FRAMES * FRAMES_BATCH, seen = 0;
	int		n;

	while (seen < most &&
	    (n = ring_next(f->ring, frames, FRAMES_BATCH)) > 0)
		seen += (uint64_t)n;
	return (seen);
}

bool
frames_know_segments(const struct frames *f)
{
	return (f->ring != NULL && ring_knows_segments(f->ring));
}

bool
frames_refuses(const struct frames *f)
{
	return (f->ring != NULL && ring_refuses(f->ring));
}
