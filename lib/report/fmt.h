/*
 * Formats of rows: each turns blocks and their rows into text, its file one
 * (lib/report/fmt_*.c), the table of them in fmt.c.
 */
#ifndef FMT_H
#define FMT_H

#include <stdbool.h>

#include "base/out.h"
#include "file/block.h"
#include "names/names.h"
#include "packet/flow.h"

struct template;

/* How the user wants rows to look. */
struct fmt_view {
	struct names	*names;		/* borrowed */
	bool		 numeric;	/* -n */
	bool		 blank_ports;	/* nothing where there is no port */
	const struct template *template; /* borrowed; for fmt_template */
};

/*
 * A format: begin() returns its state, or NULL with errno; block() comes
 * before the rows of each block; end() writes what remains and frees.
 */
struct fmt_ops {
	const char	 *name;
	void		*(*begin)(struct out *, const struct fmt_view *);
	void		 (*block)(void *, const struct block_info *);
	void		 (*row)(void *, const struct flow *);
	void		 (*end)(void *);
};

extern const struct fmt_ops	fmt_text, fmt_csv, fmt_tsv, fmt_json,
				fmt_sql;

/* Needs a template: not among those that have names. */
extern const struct fmt_ops	fmt_template;

/* The format of that name, or NULL. */
const struct fmt_ops	*fmt_find(const char *name);

#endif
