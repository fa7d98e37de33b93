/*
 * What XDR messages are made of (RFC 4506), read through a cursor and shown.
 * A reader that meets the end of what was captured says so once; after that
 * every reader does nothing.  One thread at a time.
 */
#ifndef XDR_H
#define XDR_H

#include <stdbool.h>
#include <stdint.h>

#include "items.h"

struct xdr {
	struct cursor	 c;
	struct fields	*f;		/* borrowed */
	bool		 continued;	/* that the rest is missing is known */
	bool		 failed;
};

/* Numbers: 0, or -1 and the xdr has failed. */
int	xdr_u32(struct xdr *, uint32_t *);
int	xdr_u64(struct xdr *, uint64_t *);

/* Octets without a length, padded to four; NULL if it has failed. */
const uint8_t	*xdr_fixed(struct xdr *, uint32_t n);

/*
 * Octets after their length, of which there may be `most'; NULL if it has
 * failed.
 */
const uint8_t	*xdr_opaque(struct xdr *, uint32_t most, uint32_t *n);

/* Does another element of a linked list follow? */
bool	xdr_more(struct xdr *);

/* There is something that is not understood: it fails, with this note. */
void	xdr_fail(struct xdr *, const char *);

/* A kind of field, and steps that show several in turn, up to NULL. */
typedef void xdr_show_fn(struct xdr *, const char *name);
struct xdr_step {
	xdr_show_fn	*show;
	const char	*name;
};
void	xdr_steps(struct xdr *, const struct xdr_step *);

/* A list of XDR: each entry is an item of that name, shown by the steps. */
void	xdr_list(struct xdr *, const char *name, const struct xdr_step *);

xdr_show_fn	xdr_show_u32, xdr_show_u64, xdr_show_hex32, xdr_show_hex64,
		xdr_show_bool, xdr_show_text, xdr_show_opaque, xdr_show_data,
		xdr_show_mode;

#endif
