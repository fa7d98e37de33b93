/*
 * Shared by the three files of pcapng: pcapng.c reads blocks and packets,
 * pcapng_interface.c what describes and sums up interfaces, pcapng_about.c
 * what is told of a packet.
 */
#ifndef PCAPNG_IMPL_H
#define PCAPNG_IMPL_H

#include "capfile_impl.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED_PACKET = 6
};

/* Octets: before the body of a block, after it, and both. */
#define BLOCK_HEADER	8
#define BLOCK_TRAILER	4
#define BLOCK_LEAST	(BLOCK_HEADER + BLOCK_TRAILER)

/* Octets of a body before the packet. */
#define PACKET_BODY	20
#define SIMPLE_BODY	4

/* Before the packet of an enhanced or old block. */
#define PACKET_AT	(BLOCK_HEADER + PACKET_BODY)
#define SIMPLE_AT	(BLOCK_HEADER + SIMPLE_BODY)

enum { OPTION_END = 0, OPTION_COMMENT = 1, OPTION_FLAGS = 2 };

struct body {
	const uint8_t	*at;
	size_t		 left;
};

struct option {
	uint16_t	 code, length;
	const uint8_t	*value;
};

/* Take n octets, and those that fill them up to a multiple of four. */
static inline const uint8_t *
take_octets(struct body *b, size_t n)
{
	const uint8_t	*at = b->at;

	n = (n + 3) & ~(size_t)3;
	if (b->left < n)
		return (NULL);
	b->at += n;
	b->left -= n;
	return (at);
}

/* The next option, which may be the end; false: there is none. */
static inline bool
take_option(struct body *b, bool big_endian, struct option *o)
{
	const uint8_t	*head = take_octets(b, 4);

	if (head == NULL)
		return (false);
	o->code = capfile_short(big_endian, head);
	o->length = capfile_short(big_endian, head + 2);
	o->value = take_octets(b, o->length);
	return (true);
}

static inline uint64_t
pcapng_u64(bool big_endian, const uint8_t *p)
{
	uint32_t	first = capfile_number(big_endian, p);
	uint32_t	second = capfile_number(big_endian, p + 4);

	return (big_endian ? (uint64_t)first << 32 | second :
	    (uint64_t)second << 32 | first);
}

/* Take the body of a block: 0, or BAD. */
int		 pcapng_interface(struct capfile *, struct body *);
void		 pcapng_statistics(struct capfile *, struct body *);

/*
 * What the frame's block tells.  Of n frames: the losses before them go to
 * their interfaces, and joined ones get the size of their packets.
 */
void		 pcapng_about(const struct capfile *, const struct frame *,
		    struct capfile_about *);
void		 pcapng_note_more(struct capfile *, struct frame *, int n);

/* The block of one of the last frames. */
const uint8_t	*pcapng_block(const struct capfile *, const struct frame *,
		    uint64_t *length);

/*
 * The number before these words at the beginning of a clause of a comment,
 * "12 dropped by the writer; more"; 0: there is none.
 */
uint64_t	 pcapng_said(const char *comment, size_t len,
		    const char *words);

/* Likewise; *end is what follows the words. */
uint64_t	 pcapng_said_before(const char *comment, size_t len,
		    const char *words, const char **end);

#endif
