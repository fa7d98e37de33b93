/*
 * Where the decoders of application protocols put what they find: lines of the
 * report, or members of an object of JSON.  One thread at a time.
 *
 *	fields_text_new or fields_json_new ->
 *	    [begin, [begin, u64, hex, text, octets, end]*, end]* -> fields_free
 *
 * An outermost group is a protocol, such as "dns": its lines get the tag
 * "DNS: " with -s, or stand below "DNS breakdown:" without.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

struct fields;

/* Lines for `out', which is borrowed.  NULL with errno. */
struct fields	*fields_text_new(struct out *, bool tags);

/*
 * Members for the object that fields_json_into() sets, which is borrowed.
 * NULL with errno.
 */
struct fields	*fields_json_new(void);
void		 fields_json_into(struct fields *, json_t *object);
void		 fields_free(struct fields *);

/* Has memory been exhausted? */
bool		 fields_failed(const struct fields *);

/*
 * A packet gets FIELDS_MOST fields.  Then the next ones are dropped, which is
 * said, and fields_full() tells the decoder that it may stop.  fields_packet()
 * starts the next packet.
 */
#define FIELDS_MOST	2000
void	fields_packet(struct fields *);
bool	fields_full(const struct fields *);

/*
 * A group.  Those of fields_item(), such as the answers of DNS, are elements of
 * a list in JSON even if there is one.
 */
void	fields_begin(struct fields *, const char *name);
void	fields_item(struct fields *, const char *name);
void	fields_end(struct fields *);

void	fields_u64(struct fields *, const char *name, uint64_t);
void	fields_i64(struct fields *, const char *name, int64_t);

/* Text in JSON too, so that all 64 bits remain. */
void	fields_hex(struct fields *, const char *name, uint64_t);

/*
 * A number and what it means, or NULL: "type=28 (AAAA)"; in JSON "type" and
 * "type_name".
 */
void	fields_named(struct fields *, const char *name, uint64_t,
	    const char *meaning);

/* The names of the bits that are set: "flags<QR | RD>". */
struct fields_bit {
	uint32_t	 bit;
	const char	*name;		/* NULL ends the table */
};
void	fields_bits(struct fields *, const char *name, uint32_t,
	    const struct fields_bit *);

/* A list of words or numbers of the program, each added by fields_word(). */
void	fields_words(struct fields *, const char *name);
void	fields_word(struct fields *, const char *);
void	fields_words_end(struct fields *);

/* Of the program: printable. */
void	fields_text(struct fields *, const char *name, const char *);

/*
 * Of a packet: what is not printable ASCII becomes \xHH; FIELDS_OCTETS of them
 * at most are shown.
 */
#define FIELDS_OCTETS	256
void	fields_octets(struct fields *, const char *name, const uint8_t *,
	    size_t n);

/* Of a packet, as hexadecimal digits: the first FIELDS_OCTETS octets. */
void	fields_opaque(struct fields *, const char *name, const uint8_t *,
	    size_t n);

/* What is wrong or missing: "(not all was captured)". */
void	fields_note(struct fields *, const char *);

#endif
