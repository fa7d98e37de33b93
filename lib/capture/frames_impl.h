/*
 * Shared by frames.c, which has the interfaces, frames_ring.c, which has these
 * by a ring, and frames_file.c, which has the captures.
 */
#ifndef FRAMES_IMPL_H
#define FRAMES_IMPL_H

#include <pcap/pcap.h>

#include "capfile.h"
#include "frames.h"
#include "links.h"
#include "ring.h"

struct user_filter;

/* Frames per call of frames_next(), so that its caller can do other work. */
#define NEXT_FRAMES	4096

struct frames {
	const struct frames_opts *opts;	/* borrowed */
	pcap_t		*pcap;		/* NULL: opening it again failed */
	struct ring	*ring;		/* instead of pcap, or NULL */
	struct capfile	*file;		/* not live: reads instead of pcap */
	struct links	*links;		/* with it */
	const struct link_type *type;	/* of the last frames; NULL: none */
	struct bpf_program prog;	/* the filter, compiled for prog_link */
	struct user_filter *user;	/* it runs here; NULL: in the kernel */
	bool		 early;		/* frames may be older than it */
	uint64_t	 attached_wall, attached_mono;	/* the filter; ns */
	unsigned int	 wanted;	/* frames it accepted in this call */
	int		 prog_link;	/* -1: not compiled yet */
	int		 link;		/* -1: not known yet */
	link_direction_fn *direction;	/* NULL: frames have no direction */
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

/* The next frame that is passed on has this time. */
void		 frames_note_time(struct frames *, uint64_t ns);

/* Count n frames against opts->count: FRAMES_MORE, or FRAMES_END. */
enum frames_state frames_count_down(struct frames *, int n);

/* As frames_open(), frames_reopen(), frames_next() and frames_discard(). */
int		 frames_ring_open(struct frames *, char *err);
int		 frames_ring_reopen(struct frames *, char *err);
enum frames_state frames_ring_next(struct frames *);
uint64_t	 frames_ring_discard(struct frames *);

/* Open opts->file.  Returns 0, or -1 with a message. */
int		 frames_open_file(struct frames *, char *err);

/* frames_next() of a capture. */
enum frames_state frames_next_records(struct frames *);

#endif
