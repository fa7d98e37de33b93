/*
 * Reads the frames of a capture, pcap-savefile(5) or pcapng, from a file or a
 * stream: the same result as libpcap's, several times faster; and what libpcap
 * refuses, several interfaces of different link types or snapshot lengths.
 *
 *	open -> [next, link, time]* -> close
 *
 * One thread at a time.
 */
#ifndef CAPFILE_H
#define CAPFILE_H

#include "packet/frame.h"

struct capfile;

enum capfile_state {
	CAPFILE_FRAMES,		/* frames were returned */
	CAPFILE_WAIT,		/* nothing now: poll the descriptor */
	CAPFILE_END,
	CAPFILE_DAMAGED		/* from here on; or it cannot be read */
};

/* Open it, "-" is standard input.  NULL with errno. */
struct capfile	*capfile_open(const char *path);
void		 capfile_close(struct capfile *);	/* NULL is allowed */

/* The descriptor to poll, or -1 if reading never waits: a regular file. */
int		 capfile_fd(const struct capfile *);

/*
 * The next frames, at most `most', all of one link type; *n: how many.  With
 * `most' 0 read as far as the first link type, then the state is FRAMES, too.
 * Octets are valid until the next call.  The direction of the frames is not
 * set, and their time only by capfile_time().
 */
enum capfile_state capfile_next(struct capfile *, struct frame *, int most,
		    int *n);

/* The LINKTYPE_ number of the last frames; -1: nothing was read yet. */
int		 capfile_link(const struct capfile *);

/*
 * The time of one of the last frames, in nanoseconds since 1970 UTC; 0: the
 * capture does not say.
 */
uint64_t	 capfile_time(const struct capfile *, const struct frame *);

/* What is damaged, and at which byte, for a message. */
const char	*capfile_error(const struct capfile *);

#endif
