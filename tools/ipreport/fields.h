/*
 * Where the decoders of application protocols put what they find: lines of the
 * report, or members of an object of JSON.  One thread at a time.
 *
 *	[begin, u64, hex, text, octets, end]*
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stddef.h>
#include <stdint.h>

struct fields;

/* A group, such as a question of DNS; several of one name are a list. */
void	fields_begin(struct fields *, const char *name);
void	fields_end(struct fields *);

void	fields_u64(struct fields *, const char *name, uint64_t);
void	fields_hex(struct fields *, const char *name, uint64_t);

/* A number and what it means, or NULL: "type=28 (AAAA)". */
void	fields_named(struct fields *, const char *name, uint64_t,
	    const char *meaning);

/* Of the program, or octets of a packet: these are made printable. */
void	fields_text(struct fields *, const char *name, const char *);
void	fields_octets(struct fields *, const char *name, const uint8_t *,
	    size_t n);

#endif
