/*
 * Texts that strangers may have chosen, for terminals and lines of text.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

/*
 * Put `?' in place of every octet that is not printable ASCII, so that no
 * terminal obeys it and a line stays one line.  Returns text.
 */
char	*printable(char *text);

#endif
