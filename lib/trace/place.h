/*
 * Where in a trace the packets of a block of its index are, and the text in
 * the header of the block that says it.  No state; any thread.
 *
 *	FROM END FRAMES CRC[ HEAD]...
 *
 * Decimal numbers, but CRC in hexadecimal digits: offsets in the trace, number
 * of frames, checksum (CRC32C) of the first PLACE_CHECKED octets at FROM, and
 * the offsets before END of the headers that are in force there (of a section
 * and its interfaces), in ascending order.
 */
#ifndef PLACE_H
#define PLACE_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"

/* Fewer are checked if the part is shorter. */
#define PLACE_CHECKED	512

/* The most headers that a text can have. */
#define PLACE_HEADS	(BLOCK_TEXT_MAX / 2)

struct trace_place {
	off_t		from, to;
	uint64_t	frames;
	uint32_t	crc;
	size_t		nheads;
	off_t		heads[PLACE_HEADS];
};

/* False if it does not fit. */
bool	place_format(const struct trace_place *, char text[BLOCK_TEXT_MAX]);

/* False if it is no such text, or offsets are not in order. */
bool	place_parse(const char *text, struct trace_place *);

/* The checksum of the octets in a file.  0, or -1 with errno (0: too short). */
int	place_crc(int fd, off_t from, off_t to, uint32_t *crc);

#endif
