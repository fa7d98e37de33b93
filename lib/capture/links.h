/*
 * Link types of frames: names, directions, and the filter compiled for frames
 * of a capture, which may have several link types.
 *
 *	new -> find* -> free
 *
 * One thread at a time.
 */
#ifndef LINKS_H
#define LINKS_H

#include <pcap/pcap.h>

#include "packet/frame.h"
#include "frames_opts.h"

typedef enum frame_direction	link_direction_fn(const uint8_t *, uint32_t);

struct link_type {
	int		 number;	/* LINKTYPE_ */
	int		 dlt;		/* DLT_, on most systems the same */
	link_direction_fn *direction;	/* NULL: frames have no direction */
	bool		 data;		/* records of the data trace, no
					   packets: no filter accepts them */
	bool		 filtered;
	struct bpf_program prog;	/* if filtered, unless data */
	struct link_type *next;
};

struct links;

/* The options are borrowed.  NULL with errno. */
struct links	*links_new(const struct frames_opts *);
void		 links_free(struct links *);	/* NULL is allowed */

/*
 * The link type of this LINKTYPE_ number, valid until links_free().  NULL with
 * a message if the filter does not fit this link type: host names are resolved
 * in it, which fails in the sandbox.
 */
const struct link_type *links_find(struct links *, int number, char *err);

/* Does the filter accept the frame? */
bool		 link_wants(const struct link_type *, const struct frame *);

/* How frames of this DLT_ number tell their direction; NULL: they do not. */
link_direction_fn *link_direction(int dlt);

/* libpcap's name of a DLT_ number, or "unknown". */
const char	*link_name(int dlt);

#endif
