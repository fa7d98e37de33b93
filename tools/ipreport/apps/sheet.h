/*
 * Rows of a table of packets as text in columns, CSV or JSON Lines.  One
 * thread at a time.
 *
 *	new -> [[text, u64, time, none, for all columns] -> end_row]* -> free
 */
#ifndef SHEET_H
#define SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

enum sheet_format { SHEET_TEXT, SHEET_CSV, SHEET_JSON };

struct sheet_column {
	const char	*name;		/* NULL ends the table */
	size_t		 width;		/* of text */
};

struct sheet;

/* Begins with a row of names.  All are borrowed.  NULL with errno. */
struct sheet	*sheet_new(struct out *, enum sheet_format,
		    const struct sheet_column *);
void		 sheet_free(struct sheet *);		/* NULL is allowed */

/* The next cell.  Text is printable; text that may have blanks comes last. */
void		 sheet_text(struct sheet *, const char *);
void		 sheet_u64(struct sheet *, uint64_t);
void		 sheet_none(struct sheet *);

/* Local time of day in text, ISO 8601 in UTC elsewhere, with nanoseconds. */
void		 sheet_time(struct sheet *, uint64_t ns);

/* A duration in milliseconds, with microseconds. */
void		 sheet_ms(struct sheet *, uint64_t ns);

void		 sheet_end_row(struct sheet *);

/* A line after all rows; of text only. */
void		 sheet_total(struct sheet *, const char *);

#endif
