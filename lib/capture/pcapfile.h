/*
 * Reads the records of a classic capture file through a large buffer: the same
 * result as libpcap's, several times faster.
 *
 *	open -> [next, time]* -> close
 *
 * One thread at a time.
 */
#ifndef PCAPFILE_H
#define PCAPFILE_H

#include <stdint.h>

#include "packet/frame.h"

struct pcapfile;

/*
 * Read the records after the header of the capture file fd, which is borrowed,
 * with a snapshot length of at most PCAPFILE_SNAPLEN.  NULL if it is not a
 * regular file in that format, or memory is exhausted: use libpcap then.
 */
struct pcapfile	*pcapfile_open(int fd, uint32_t snaplen);
void		 pcapfile_close(struct pcapfile *);

#define PCAPFILE_SNAPLEN	262144

/*
 * The next records, at most `most' > 0.  Returns how many, 0 at the end, -1 if
 * the file is damaged from here on.  Octets are valid until the next call.
 * time_ns and direction of the frames are not set.
 */
int		 pcapfile_next(struct pcapfile *, struct frame *, int most);

/* The time of a frame just returned, in nanoseconds since 1970 UTC. */
uint64_t	 pcapfile_time(const struct pcapfile *, const struct frame *);

/* What is damaged, for a message. */
const char	*pcapfile_error(const struct pcapfile *);

#endif
