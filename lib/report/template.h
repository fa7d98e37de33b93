/*
 * Templates of rows, which users write (traflog -o).  The file contains
 *
 *	NAME { key "format" key "format" ... };
 *
 * and comments from # to the end of the line.  Formats are parsed into fields:
 * no text of the user is ever a format of printf(3).  No state; any thread.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#define TEMPLATE_FIELDS_MAX	64
#define TEMPLATE_TEXT_MAX	256	/* of a format, with the NUL */
#define TEMPLATE_WIDTH_MAX	255	/* also of a precision */

enum template_key {
	TEMPLATE_FROM,		/* texts: `%s' */
	TEMPLATE_TO,
	TEMPLATE_SPORT,
	TEMPLATE_DPORT,
	TEMPLATE_PROTO,
	TEMPLATE_BYTES,		/* numbers: `%u', `%lu' and the like */
	TEMPLATE_PSIZE,
	TEMPLATE_FTIME,		/* times: strftime(3), `%s' the epoch */
	TEMPLATE_LTIME
};

struct template_field {
	enum template_key key;
	char	before[TEMPLATE_TEXT_MAX];	/* of a time: whole format */
	char	after[TEMPLATE_TEXT_MAX];
	bool	left;
	bool	zero;				/* fill with zeros */
	bool	precise;			/* precision was given */
	size_t	width;
	size_t	precision;
};

struct template {
	size_t			n;
	struct template_field	field[TEMPLATE_FIELDS_MAX];
};

/*
 * Read the template `name' from the file `path'.  Returns 0, or -1 with a
 * one-line message in err.
 */
int	template_load(struct template *, const char *path, const char *name,
	    char *err, size_t len);

#endif
