/*
 * Records of a classic capture file in its own large buffer: several times
 * cheaper than one call of the library each, with the same result.
 */
#ifndef PCAPFILE_H
#define PCAPFILE_H

#include <stdint.h>

struct pcapfile;

/* One record; the octets are valid until the next one is read. */
struct pcapfile_frame {
	const uint8_t	*octets;
	uint32_t	 caplen;
	uint32_t	 len;
	uint64_t	 ns;		/* time stamp, since 1970 UTC */
};

/*
 * Read the records behind the header of the capture file fd (borrowed) with
 * a snapshot length of at most PCAPFILE_SNAPLEN.  NULL when it is no regular
 * file in that format, or no memory is left: let the library read it then.
 */
struct pcapfile	*pcapfile_open(int fd, uint32_t snaplen);
void		 pcapfile_close(struct pcapfile *);

#define PCAPFILE_SNAPLEN	262144

/* 1 and the next record, 0 at the end, -1 when the file is damaged. */
int		 pcapfile_next(struct pcapfile *, struct pcapfile_frame *);

/* What is damaged, as the library would say it. */
const char	*pcapfile_error(const struct pcapfile *);

#endif
