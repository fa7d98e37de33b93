/*
 * Records of a classic capture file in its own large buffer: several times
 * cheaper than one call of the library each, with the same result.
 */
#ifndef PCAPFILE_H
#define PCAPFILE_H

#include <stdint.h>

#include "packet/frame.h"

struct pcapfile;

/*
 * Read the records behind the header of the capture file fd (borrowed) with
 * a snapshot length of at most PCAPFILE_SNAPLEN.  NULL when it is no regular
 * file in that format, or no memory is left: let the library read it then.
 */
struct pcapfile	*pcapfile_open(int fd, uint32_t snaplen);
void		 pcapfile_close(struct pcapfile *);

#define PCAPFILE_SNAPLEN	262144

/*
 * The next records, most > 0 at most: how many, 0 at the end, -1 when the
 * file is damaged from here on.  Their octets are valid until the next call.
 * Time and direction of the frames are left as they are.
 */
int		 pcapfile_next(struct pcapfile *, struct frame *, int most);

/* The time stamp of one of them, nanoseconds since 1970 UTC. */
uint64_t	 pcapfile_time(const struct pcapfile *, const struct frame *);

/* What is damaged, as the library would say it. */
const char	*pcapfile_error(const struct pcapfile *);

#endif
