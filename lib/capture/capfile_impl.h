/*
 * Shared by the reader of captures and its formats.
 */
#ifndef CAPFILE_IMPL_H
#define CAPFILE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/endian.h"
#include "capfile.h"
#include "input.h"

/* The longest record of most link types, octets; as that of libpcap. */
#define CAPFILE_SNAPLEN	262144

/*
 * From there on records are prefetched into the L1 cache, octets before they
 * are needed.
 */
#define FETCH_AHEAD	512

/* LINKTYPE_NFLOG: see capfile_fix(). */
#define LINK_NFLOG	239

/* The type of a block that begins a section of pcapng, in any byte order. */
#define SECTION_HEADER	UINT32_C(0x0a0d0d0a)

/* Results of a format's functions, beside the number of frames. */
#define CAPFILE_NEED_MORE	0
#define CAPFILE_BAD		(-1)

/*
 * A format: take() returns the complete records in the buffer, NEED_MORE if
 * there is none, or BAD after capfile_fail().  rest() is called at the end of
 * the capture if some octets are left: it explains them by capfile_fail().
 * head() takes a header, or the description of an interface, from the front of
 * the buffer: 1, NEED_MORE or BAD.  record() finds where the record of a frame
 * begins, and its length.  about() sets what it knows in a struct of zeros.
 */
struct capfile_format {
	int	(*take)(struct capfile *, struct frame *, int most);
	void	(*rest)(struct capfile *);
	int	(*head)(struct capfile *);
	uint64_t (*time)(const struct capfile *, const struct frame *);
	const uint8_t *(*record)(const struct capfile *, const struct frame *,
		    uint64_t *length);
	void	(*about)(const struct capfile *, const struct frame *,
		    struct capfile_about *);
};

enum capfile_lengths { LENGTHS_RIGHT, LENGTHS_MAYBE_SWAPPED, LENGTHS_SWAPPED };

/* An interface of a section of pcapng. */
struct capfile_interface {
	int		 link;
	uint32_t	 snaplen;
	uint32_t	 most;		/* longest record of its link type */
	uint64_t	 unit;		/* ns of a tick; 0: see below */
	uint64_t	 resolution;	/* ticks of a second */
	bool		 binary;	/* resolution is a power of 2 */
	uint64_t	 offset_ns;	/* to add, modulo 2^64 */
	char		*name;		/* allocated, or NULL */
	uint64_t	 dropped;	/* as its packets say */
	bool		 counted;	/* its statistics say it better: */
	struct capfile_losses losses;
};

struct capfile {
	struct input	 in;
	const struct capfile_format *format;
	int		 link;		/* of the last frames; -1: unknown */
	bool		 big_endian;	/* the file, or its section */
	char		 error[160];
	char		*path;		/* allocated */
	bool		 follow;
	bool		 last_look;	/* followed, but replaced by now */
	struct capfile_losses losses;	/* of sections that have ended */
	/* Classic captures and iptrace. */
	uint32_t	 header;	/* octets of a record header */
	enum capfile_lengths lengths;
	uint32_t	 fraction;	/* nanoseconds per unit of time */
	uint32_t	 snaplen;
	uint32_t	 most;		/* longest record of its link type */
	/* pcapng. */
	bool		 begun;		/* a section has, or iptrace's file */
	uint32_t	 kind;		/* the blocks of the last frames */
	struct capfile_interface *interfaces;
	uint32_t	 ninterfaces, room;
};

extern const struct capfile_format	capfile_pcap, capfile_pcapng;
extern const struct capfile_format	capfile_iptrace;

static inline uint32_t
capfile_number(bool big_endian, const uint8_t *p)
{
	return (big_endian ? get_be32(p) : get_le32(p));
}

static inline uint16_t
capfile_short(bool big_endian, const uint8_t *p)
{
	return (big_endian ? get_be16(p) : get_le16(p));
}

/* Is it the magic number of a classic capture? */
bool		 capfile_is_pcap(const uint8_t magic[4]);

/* Do the first octets of a file begin one of iptrace? */
bool		 capfile_is_iptrace(const uint8_t first[4]);

/* Note what is damaged at the unused part of the buffer.  Returns BAD. */
int		 capfile_fail(struct capfile *, const char *, ...)
		    __attribute__((format(printf, 2, 3)));

/* The same if the capture ends after `got' of `want' octets of something. */
int		 capfile_cut(struct capfile *, const char *what, uint64_t want,
		    uint64_t got);

/* Forget the interfaces, but for their losses. */
void		 capfile_end_section(struct capfile *);

/* The longest record of a link type, octets. */
uint32_t	 capfile_most(int link);

/*
 * Netfilter logs have numbers in the byte order of the machine that captured:
 * swap those of a frame if that is not the order of this one.
 */
void		 capfile_fix(const struct capfile *, const struct frame *);

#endif
