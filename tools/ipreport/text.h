/*
 * The lines of ipreport's text, in a buffer of their own before the stream's:
 * a packet has some dozens of short pieces.  One thread at a time.
 *
 *	text_new -> [title, line, put..., end]* -> text_out -> text_free
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

struct text;

/*
 * Lines for `out', which is borrowed; with tags each begins with that of its
 * protocol (-s).  NULL with errno.
 */
struct text	*text_new(struct out *out, bool tags);
void		 text_free(struct text *);	/* NULL is allowed */

/* Move what is there to the stream, for somebody else who writes to it. */
struct out	*text_out(struct text *);

bool		 text_has_tags(const struct text *);

/*
 * From here on lines are of this protocol, "TCP:".  Without tags its title is
 * a line of its own.
 */
void		 text_title(struct text *, const char *tag, const char *title);

/* Begin a line: 8 columns of its tag, or blanks; or only the tag, if any. */
void		 text_line(struct text *);
void		 text_bare(struct text *);
void		 text_end(struct text *);	/* of a line */

/* An empty line, without a tag. */
void		 text_gap(struct text *);

/*
 * Pieces of a line.  text_put() knows these of printf(3): %s, %u, %x with
 * zeroes and a width below 10, %d, %%.
 */
void		 text_mem(struct text *, const char *, size_t);
void		 text_str(struct text *, const char *);
void		 text_char(struct text *, char);
void		 text_u64(struct text *, uint64_t);
void		 text_mac(struct text *, const uint8_t mac[6]);
void		 text_put(struct text *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* Octets of a packet or a file, of which no terminal sees a control. */
void		 text_printable(struct text *, const char *, size_t);

/* Digits of one octet, lower case. */
extern const char text_hex[256][3];

/* A line of a dump: offset, up to 16 octets in words of 4, characters. */
void		 text_dump_line(struct text *, uint32_t offset,
		    const uint8_t *, uint32_t n, const char charset[256]);

#endif
