/*
 * The layouts of BPFT's files, as tables.  Private to lib/file/legacy.
 * Little-endian.  NEVER change them: the programs that wrote them are gone.
 *
 *	record OLD, 20 octets		record NEW, 24 octets
 *	 0 source address		 0 source address
 *	 4 destination address		 4 destination address
 *	 8 protocol			 8 protocol
 *	 9 which side is the server	 9 unused
 *	10 its port			10 source port
 *	12 All				12 destination port
 *	16 Data				14 unused
 *					16 All
 *					20 Data
 *
 * A block is the int32 number of records, two struct timeval as the writing
 * host had them, and the records.  A dump file has another int32 before its
 * only block.
 */
#ifndef LEGACY_LAYOUT_H
#define LEGACY_LAYOUT_H

#include <sys/types.h>
#include <stdbool.h>

#include "legacy.h"

/* Length of the longest header and record, in bytes. */
#define LEGACY_HEADER_MAX	40
#define LEGACY_RECORD_MAX	24

struct legacy_record {
	size_t		 size;
	void		(*get)(const uint8_t *, struct flow *);
	void		(*put)(uint8_t *, const struct flow *);
	/* Could BPFT have written this record?  Data is part of All. */
	bool		(*sane)(const uint8_t *);
	/* Remove from a key what the record has no field for. */
	void		(*reduce)(struct flow_key *);
};

/* A header: its length, the offset of the times, bytes per number in them. */
struct legacy_header {
	size_t	length;
	size_t	times;
	size_t	width;
};

struct legacy_layout {
	const struct legacy_record	*record;
	const struct legacy_header	*header;
	off_t				 first;	/* block: 4 in a dump file */
};

/* The contents of a header; times in nanoseconds since 1970 UTC. */
struct legacy_head {
	uint32_t	n;
	uint64_t	begin_ns;
	uint64_t	end_ns;
};

#define LEGACY_HEADERS	3u

/* The first is that of 32-bit hosts. */
extern const struct legacy_header legacy_headers[LEGACY_HEADERS];

/* The record of LAYOUT_OLD or LAYOUT_NEW. */
const struct legacy_record *legacy_record(enum layout);

/* Decode a header.  False if no block can begin with these bytes. */
bool	legacy_head_get(const struct legacy_header *, const uint8_t *,
	    struct legacy_head *);

/* Encode the header of 32-bit hosts.  0, or -1 with errno EOVERFLOW. */
int	legacy_head_put(const struct legacy_head *, uint8_t *);

#endif
