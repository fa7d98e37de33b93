/*
 * The argument of `from' and `to': private to pattern*.c.
 */
#ifndef PATTERN_SIDE_H
#define PATTERN_SIDE_H

struct nets;

/* No mask was given. */
#define SIDE_ANY	(-1)

/* Bits of `255.255.0.0', `0xffff0000' or `16'; -1 if it is none of them. */
int		 side_mask(const char *text);

/*
 * Add an address, a network of which trailing zeros may be left out, or what
 * a name of a network or host stands for.  Returns NULL, or what is wrong.
 */
const char	*side_add(struct nets *, const char *text, int bits);

#endif
