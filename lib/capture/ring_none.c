/*
 * Systems without such a ring: libpcap reads the interface.
 */
#include <stdio.h>

#include "ring.h"

struct ring *
ring_open(const struct frames_opts *o, char *err)
{
	(void)snprintf(err, FRAMES_ERRLEN,
	    "cannot use a ring: %s: this system has none", o->ifname);
	return (NULL);
}

void
ring_close(struct ring *r)
{
	(void)r;
}

int
ring_reopen(struct ring *r, char *err)
{
	(void)r;
	err[0] = '\0';
	return (-1);
}

int
ring_succeed(struct ring *r, ring_filter_fn *fn, void *arg, uint64_t *gap_ns,
    char *err)
{
	(void)r;
	(void)fn;
	(void)arg;
	*gap_ns = 0;
	err[0] = '\0';
	return (-1);
}

int
ring_wait(const struct ring *r)
{
	(void)r;
	return (-1);
}

int
ring_fd(const struct ring *r)
{
	(void)r;
	return (-1);
}

int
ring_link(const struct ring *r)
{
	(void)r;
	return (-1);
}

unsigned int
ring_index(const struct ring *r)
{
	(void)r;
	return (0);
}

uint64_t
ring_buffer(const struct ring *r)
{
	(void)r;
	return (0);
}

int
ring_next(struct ring *r, struct frame *frames, int most)
{
	(void)r;
	(void)frames;
	(void)most;
	return (0);
}

uint64_t
ring_drops(struct ring *r)
{
	(void)r;
	return (0);
}

bool
ring_knows_segments(const struct ring *r)
{
	(void)r;
	return (false);
}

bool
ring_refuses(const struct ring *r)
{
	(void)r;
	return (false);
}
