/*
 * The layouts of BPFT's files, as tables: private to legacy*.c.
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
 * A block is the int32 number of records, two struct timeval of the host
 * that wrote it, and the records.  A dump file has one int32 more in front
 * of its only block.
 */
#ifndef LEGACY_LAYOUT_H
#define LEGACY_LAYOUT_H

#include <sys/types.h>
#include <stdbool.h>

#include "legacy.h"

/* Octets of the longest header and record. */
#define LEGACY_HEADER_MAX	40
#define LEGACY_RECORD_MAX	24

struct legacy_record {
	size_t		 size;
	void		(*get)(const uint8_t *, struct flow *);
	void		(*put)(uint8_t *, const struct flow *);
	/* Could BPFT have written it?  Data are part of All. */
	bool		(*sane)(const uint8_t *);
	/* Take out of a key what the record cannot hold. */
	void		(*reduce)(struct flow_key *);
};

/* Where the two times are, and how wide the two numbers of each. */
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

/* What a header says. */
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

/* False if no block can begin like that. */
bool	legacy_head_get(const struct legacy_header *, const uint8_t *,
	    struct legacy_head *);

/* The header of 32-bit hosts; -1 with errno EOVERFLOW. */
int	legacy_head_put(const struct legacy_head *, uint8_t *);

#endif
