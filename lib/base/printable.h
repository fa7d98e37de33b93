/*
 * Texts that strangers may have chosen, for terminals and lines of text.  No
 * state; any thread.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Is it printable ASCII, perhaps a space? */
static inline bool
is_printable(char c)
{
	return (c >= ' ' && c <= '~');
}

/*
 * Put `?' in place of every octet that is not printable ASCII, so that no
 * terminal obeys it and a line stays one line.  Returns text.
 */
char	*printable(char *text);

/*
 * The same in a copy, of which each space becomes `?' too: one word, at most
 * len octets with the NUL.  Returns buf.
 */
char	*printable_word(const char *text, char *buf, size_t len);

#endif
