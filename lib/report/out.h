/*
 * Reports: a buffered stream with a sticky error, and the formats that
 * rows can be written in.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "packet/flow.h"
#include "names/names.h"

/* ---- the stream ---- */

struct out;

/* Write to fd (borrowed).  NULL with errno. */
struct out	*out_new(int fd);

/* Does not flush. */
void		 out_free(struct out *);

void		 out_mem(struct out *, const void *, size_t);
void		 out_char(struct out *, char);
void		 out_str(struct out *, const char *);

/* Padded with blanks on the right, or on the left, to width; never cut. */
void		 out_left(struct out *, const char *, size_t width);
void		 out_right(struct out *, uint64_t, size_t width);
void		 out_u64(struct out *, uint64_t);

/*
 * A text as a cell between separators, ',' or '\t': quoted where it must be.
 * It holds no tab and no line feed.
 */
void		 out_cell(struct out *, const char *, char separator);

/* A writer of rows failed by itself (errno): from here on as a failed write. */
void		 out_fail(struct out *, int error);

/* errno of the first write that failed, or 0; later output is dropped. */
int		 out_error(const struct out *);

/* Write what is buffered.  Returns 0, or -1 with errno of the first error. */
int		 out_flush(struct out *);

/* ---- the formats ---- */

struct template;

/* How the user wants rows to look. */
struct out_view {
	struct names	*names;		/* borrowed */
	bool		 numeric;	/* -n */
	bool		 blank_ports;	/* nothing where there is no port */
	const struct template *template; /* borrowed; for fmt_template */
};

/*
 * A format: begin() returns its state, or NULL with errno; block() comes
 * before the rows of each block; end() writes what remains and frees.
 */
struct out_ops {
	const char	 *name;
	void		*(*begin)(struct out *, const struct out_view *);
	void		 (*block)(void *, const struct block_info *);
	void		 (*row)(void *, const struct flow *);
	void		 (*end)(void *);
};

extern const struct out_ops	fmt_text, fmt_csv, fmt_tsv, fmt_json,
				fmt_sql;

/* Needs a template: not among those that have names. */
extern const struct out_ops	fmt_template;

/* The format of that name, or NULL. */
const struct out_ops	*out_format(const char *name);

#endif
