/*
 * What the files of frames.h share: frames.c has all that is not about the
 * ring, frames_ring.c what is.
 */
#ifndef FRAMES_IMPL_H
#define FRAMES_IMPL_H

#include <pcap/pcap.h>

#include "frames.h"
#include "pcapfile.h"
#include "ring.h"

/* Frames per call of frames_next(), so that its caller can do other work. */
#define NEXT_FRAMES	4096

typedef enum frame_direction	direction_fn(const uint8_t *, uint32_t);

struct frames {
	const struct frames_opts *opts;	/* borrowed */
	pcap_t		*pcap;		/* NULL: opening it again failed */
	struct pcapfile	*file;		/* reads instead of pcap, or NULL */
	struct ring	*ring;		/* instead of pcap, or NULL */
	struct bpf_program prog;	/* the filter, compiled for prog_link */
	int		 prog_link;	/* -1: not compiled yet */
	int		 link;
	direction_fn	*direction;	/* NULL: frames have no direction */
	unsigned int	 index;		/* of the interface; 0: none */
	bool		 live;
	uint64_t	 fraction;	/* nanoseconds per unit of ts.tv_usec */
	uint64_t	 left;		/* of opts->count; UINT64_MAX: all */
	bool		 seen;		/* first_ns, last_ns are valid */
	uint64_t	 first_ns, last_ns;
	uint32_t	 last_drop;	/* last values of pcap_stats() */
	uint32_t	 last_ifdrop;
	frames_sink	*sink;		/* during frames_next() */
	void		*sink_arg;
	char		 error[FRAMES_ERRLEN];
};

static inline void
frames_note_time(struct frames *f, uint64_t first_ns, uint64_t last_ns)
{
	if (!f->seen)
		f->first_ns = first_ns;
	f->seen = true;
	f->last_ns = last_ns;
}

/* Count n frames against opts->count: END or MORE. */
static inline enum frames_state
frames_count_down(struct frames *f, int n)
{
	if (f->left != UINT64_MAX)
		f->left -= (uint64_t)n;
	return (f->left == 0 ? FRAMES_END : FRAMES_MORE);
}

/* As frames_open(), frames_reopen(), frames_next() and frames_discard(). */
int	frames_ring_open(struct frames *, char *err);
int	frames_ring_reopen(struct frames *, char *err);
enum frames_state frames_ring_next(struct frames *);
uint64_t frames_ring_discard(struct frames *);

#endif
