/*
 * Shared by record.c, which writes the files, and by the formats, which say
 * what surrounds a frame.
 */
#ifndef RECORD_IMPL_H
#define RECORD_IMPL_H

#include "packet/decode.h"
#include "record.h"

/* Most octets of a frame in any of the formats. */
#define RECORD_MOST	262144u

/* Most octets of a string that describes something: name, filter, comment. */
#define RECORD_TEXT	4096

struct record_if {
	uint32_t	 number;
	char		*name;
	char		*filter;	/* NULL: none */
	int		 link;
	uint32_t	 snaplen;
	bool		 has_mac;
	uint8_t		 mac[6];
	uint64_t	 speed;
	decode_fn	*decode;	/* NULL: the link type has no decoder */
	struct record_losses pending;	/* not said in a file yet */
	struct record_losses lost;	/* in this file */
	uint64_t	 frames;	/* in this file */
	size_t		 carrier;	/* the frame that says `pending' */
};

#define NO_CARRIER	SIZE_MAX

/*
 * What a format puts around a frame.  The functions write to a buffer that has
 * room, and return the number of octets.
 */
struct record_ops {
	bool	(*takes)(const struct record *, int link);
	size_t	(*head)(const struct record *, uint8_t *to);
	/* NULL: the format describes no interfaces. */
	size_t	(*describe)(const struct record_if *, uint8_t *to);
	/*
	 * What precedes a frame, and so many octets behind that what follows
	 * it: *after octets.
	 */
	size_t	(*surround)(struct record_if *, const struct frame *,
		    const struct record_note *, bool losses, uint8_t *to,
		    size_t gap, size_t *after);
	/* NULL: no statistics. */
	size_t	(*count)(const struct record *, const struct record_if *,
		    uint8_t *to);
};

extern const struct record_ops	record_pcapng;
extern const struct record_ops	record_pcap;
extern const struct record_ops	record_iptrace;

struct record {
	const struct record_ops *ops;
	char		 program[128];
	struct record_if *interfaces;
	uint32_t	 ninterfaces;
	uint32_t	 described;	/* of them, in this file */
	off_t		*heads;		/* ninterfaces + 1 */
	size_t		 nheads;
	int		 fd;		/* -1: no file */
	off_t		 end;		/* of the last whole record */
	bool		 stream;	/* only appended to */
	bool		 blank;		/* the header knows no interface */
	bool		 torn;		/* there may be more in the file */
	uint64_t	 begin_ns;	/* wall clock */
	uint64_t	 end_ns;	/* 0: now */
	bool		 told;		/* the statistics are up to date */
	uint8_t		*glue;
	size_t		 room;		/* octets of it */
};

/* The end of the file: record_file.c. */
struct iovec;

/* Cut off what is behind the last whole record.  0, or -1 with errno. */
int	record_cut(struct record *);

/*
 * Write the parts behind the last record, as far as that goes.  Returns the
 * number of octets; errno tells why there are not more.
 */
size_t	record_put(struct record *, struct iovec *, size_t n);

/* These octets more are whole records: what is behind them is cut off. */
void	record_settle(struct record *, size_t octets, bool all);

/* Write a block of n octets of the glue, all of it or nothing. */
int	record_put_block(struct record *, size_t n);

/* The octets that were captured, as far as a format can hold them. */
static inline uint32_t
record_caplen(const struct frame *f)
{
	return (f->caplen < RECORD_MOST ? f->caplen : RECORD_MOST);
}

#endif
