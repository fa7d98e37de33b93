/*
 * Untrusted text made safe for terminals and for line-oriented files.  No
 * state; any thread.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Is it printable ASCII, space included? */
static inline bool
is_printable(char c)
{
	return (c >= ' ' && c <= '~');
}

/*
 * Replace each octet that is not printable ASCII by `?', so that no terminal
 * interprets it and a line remains one line.  Returns text.
 */
char	*printable(char *text);

/*
 * The same in a copy of at most len octets with the NUL, in which spaces
 * become `?' too, so that it is one word.  Returns buf.
 */
char	*printable_word(const char *text, char *buf, size_t len);

#endif
