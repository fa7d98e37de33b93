/*
 * A position in a frame, through which every read of it goes.  Pure functions;
 * any thread.
 *
 *	cursor_open -> [take, peek, skip, clip]*
 */
#ifndef CURSOR_H
#define CURSOR_H

#include <stddef.h>
#include <stdint.h>

/* A position in a frame: nothing outside [p, end) is ever read. */
struct cursor {
	const uint8_t	*p;
	const uint8_t	*end;		/* of the captured octets */
	uint32_t	 uncaptured;	/* octets of the frame after end */
};

static inline struct cursor
cursor_open(const uint8_t *frame, uint32_t caplen, uint32_t wirelen)
{
	return ((struct cursor){ frame, frame + caplen,
	    wirelen > caplen ? wirelen - caplen : 0 });
}

/* The octets from here on that were captured, and that were on the wire. */
static inline uint32_t
cursor_left(const struct cursor *c)
{
	return ((uint32_t)(c->end - c->p));
}

static inline uint32_t
cursor_wire(const struct cursor *c)
{
	return (cursor_left(c) + c->uncaptured);
}

/* The next n octets, or NULL if they were not all captured. */
static inline const uint8_t *
cursor_peek(const struct cursor *c, uint32_t n)
{
	return (cursor_left(c) < n ? NULL : c->p);
}

/* The same, and advance past them. */
static inline const uint8_t *
cursor_take(struct cursor *c, uint32_t n)
{
	if (cursor_left(c) < n)
		return (NULL);
	c->p += n;
	return (c->p - n);
}

/* Advance n octets, at most to the end of the captured ones. */
static inline void
cursor_skip(struct cursor *c, uint32_t n)
{
	c->p += n < cursor_left(c) ? n : cursor_left(c);
}

/* Drop what lies more than n octets from here. */
static inline void
cursor_clip(struct cursor *c, uint32_t n)
{
	c->end = n < cursor_left(c) ? c->p + n : c->end;
}

#endif
