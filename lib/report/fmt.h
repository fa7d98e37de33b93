/*
 * Formats of rows.  Each turns blocks and their rows into text and has a file
 * of its own, fmt_*.c; the table of all formats is in fmt.c.  One thread at a
 * time.
 */
#ifndef FMT_H
#define FMT_H

#include <stdbool.h>

#include "base/out.h"
#include "file/block.h"
#include "names/names.h"
#include "packet/flow.h"

struct template;

/* How the user wants the rows to look. */
struct fmt_view {
	struct names	*names;		/* borrowed */
	bool		 numeric;	/* -n */
	bool		 blank_ports;	/* empty if the protocol has no ports */
	const struct template *template; /* borrowed; for fmt_template */
};

/*
 * A format.  begin() returns its state, or NULL with errno; block() is called
 * before the rows of each block; end() writes what remains and frees the
 * state.
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

/* Needs a template, so fmt_find() does not find it. */
extern const struct fmt_ops	fmt_template;

/* The format of that name, or NULL. */
const struct fmt_ops	*fmt_find(const char *name);

#endif
