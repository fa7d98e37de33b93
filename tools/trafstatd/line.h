/*
 * The request line of trafstatd(8): untrusted octets become arguments of
 * trafstat(1), or are refused.  Only options listed in line.c are accepted.
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
 * Split the octets up to the first newline, at most LINE_OCTETS, into
 * arguments.  Returns NULL, or the reason for refusing the line, as a text for
 * the client; then argv must not be used.
 */
const char	*line_parse(struct line *, const char *octets, size_t len);

#endif
