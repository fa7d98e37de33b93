/*
 * The request line of trafstatd(8): octets of a stranger become arguments of
 * trafstat(1), or are refused.  What is not listed here does not exist.
 */
#ifndef TRAFSTATD_LINE_H
#define TRAFSTATD_LINE_H

#include <stddef.h>

#define LINE_OCTETS	1024	/* longest line, with its newline */
#define LINE_ARGS	64

struct line {
	int	 argc;
	char	*argv[LINE_ARGS + 1];	/* "trafstat" first, NULL last */
	char	 text[2 * LINE_OCTETS];	/* what argv points into */
};

/*
 * Take the octets up to the first newline, at most LINE_OCTETS of them, apart
 * into arguments.  Returns NULL, or why the line is refused, as a text for
 * the stranger; argv is not to be used then.
 */
const char	*line_parse(struct line *, const char *octets, size_t len);

#endif
