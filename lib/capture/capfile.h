/*
 * Reads the frames of a capture, pcap-savefile(5), pcapng or of AIX's iptrace,
 * from a file or a stream: the same result as libpcap's, several times faster;
 * and what libpcap refuses, several interfaces of different link types or
 * snapshot lengths.
 *
 *	open -> [next, link, time]* -> close
 *
 * One thread at a time.
 */
#ifndef CAPFILE_H
#define CAPFILE_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
 * Octets are valid until the next call.  Direction and sums of the frames are
 * not set, see capfile_about(), and their time only by capfile_time(); gso_size
 * is if the format can tell it: begin with frames of zeros.
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

/* What a capture tells of a frame besides the members of struct frame. */
struct capfile_about {
	const char	*ifname;	/* printable; or NULL */
	char		 unit[16];	/* ifname of iptrace: "en0"; else "" */
	const char	*comment;	/* the first; not terminated; or NULL */
	size_t		 comment_len;
	uint64_t	 dropped;	/* packets lost before it */
	uint32_t	 segments;	/* joined by offload; 0: not told */
	uint16_t	 segment_octets; /* of each; 0: not told */
	bool		 segments_udp;	/* of UDP, else of TCP */
	uint32_t	 pid, tid;	/* 0: not told */
	enum frame_direction direction;
	enum frame_sums	 sums;
};

/*
 * What is told of one of the last frames.  Pointers are valid until the next
 * call of capfile_next().
 */
void		 capfile_about(const struct capfile *, const struct frame *,
		    struct capfile_about *);

/*
 * The offset of its record, and of what follows it, in the capture, or in what
 * that is when decompressed.
 */
uint64_t	 capfile_offset(const struct capfile *, const struct frame *,
		    uint64_t *end);

/*
 * Read only the records between two offsets of a regular file.  Headers that
 * they need are read first, at the n offsets of heads[].  With n 0: go to
 * `from', keep what is known of headers; 0 may be the first part, which begins
 * with headers.  `to' -1: to the end.  0, or -1 with errno: ESPIPE of a stream;
 * EINVAL of wrong offsets, or without headers; EBADMSG if there is no header or
 * it is damaged, see capfile_error().
 */
int		 capfile_part(struct capfile *, off_t from, off_t to,
		    const off_t *heads, size_t n);

/*
 * The capture, if it is a regular file, may grow: at its end, and inside of a
 * record that is half written, the state is CAPFILE_WAIT.  There is nothing to
 * poll: the caller waits a while, and asks again.  It is END, or DAMAGED inside
 * of a record, only when the name has become that of another file, as by
 * rotation, or the file shorter: then open the name again.
 */
void		 capfile_follow(struct capfile *);

/* How many packets its statistics, as far as they were read, say were lost. */
struct capfile_losses {
	uint64_t	kernel, iface, writer;
};
void		 capfile_losses(const struct capfile *,
		    struct capfile_losses *);

/* What is damaged, and at which byte, for a message. */
const char	*capfile_error(const struct capfile *);

#endif
