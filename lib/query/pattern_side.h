/*
 * The arguments of `from' and `to'.  For lib/query only.
 */
#ifndef PATTERN_SIDE_H
#define PATTERN_SIDE_H

struct nets;

/* The number of bits if no mask was given. */
#define SIDE_ANY	(-1)

/* The length of the mask `255.255.0.0', `0xffff0000' or `16', or -1. */
int		 side_mask(const char *text);

/*
 * Add to the set an address, a network whose trailing zeros may be left out,
 * or all networks or addresses of a name.  bits is the length of the mask, or
 * SIDE_ANY.  Returns NULL, or an error for a message.
 */
const char	*side_add(struct nets *, const char *text, int bits);

#endif
