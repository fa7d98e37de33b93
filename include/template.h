/*
 * Templates of traflog -o: what a row looks like, from a file of formats.
 * A format is taken apart when it is read; it never reaches printf(3) or
 * strftime(3) as it stands.  Drawn in traflog.format(5).
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "cells.h"

struct out;
struct template;

/*
 * The template `name' of the text; it ends where its NUL is.  NULL with a
 * message in err: `line 3: ...', or which templates there are.
 */
struct template	*template_parse(const char *text, const char *name,
		    char *err, size_t errlen);
void		 template_free(struct template *);

/* What a template can print of a row. */
struct template_values {
	const struct cells	*cells;
	uint64_t		 data;
	uint64_t		 all;
	uint64_t		 begin_ns;	/* of its block */
	uint64_t		 end_ns;
};

void		 template_print(const struct template *,
		    const struct template_values *, struct out *);

#endif
